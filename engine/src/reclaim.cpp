#include "reclaim.hpp"

#include <urcu/urcu-bp.h>

#include <chrono>
#include <new>

#if defined(__SANITIZE_THREAD__)
#define SLUICE_TSAN 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define SLUICE_TSAN 1
#endif
#endif

#ifdef SLUICE_TSAN
// ThreadSanitizer does not see liburcu's barriers. These two calls tell it what they guarantee: the
// end of every read section happens before what waited for a grace period.
extern "C" void __tsan_acquire(void* address);
extern "C" void __tsan_release(void* address);
namespace {
char grace_period_token;
}
#define SLUICE_SECTION_ENDS() __tsan_release(&grace_period_token)
#define SLUICE_GRACE_PERIOD_ENDED() __tsan_acquire(&grace_period_token)
#else
#define SLUICE_SECTION_ENDS() static_cast<void>(0)
#define SLUICE_GRACE_PERIOD_ENDED() static_cast<void>(0)
#endif

namespace sluice::internal {

namespace {
// Grace periods interrupt the readers' processors (membarrier), so they come at most this often.
constexpr std::chrono::milliseconds kPause{1};
constexpr int kThrottlePauses = 10;  // that one change waits at most
}  // namespace

Guard::Guard() noexcept { urcu_bp_read_lock(); }

Guard::~Guard() {
  SLUICE_SECTION_ENDS();
  urcu_bp_read_unlock();
}

Reclaimer::Reclaimer(Memory& memory, Finisher& finisher)
    : memory_(memory),
      pieces_(memory.index),
      records_(memory.ledger),
      finisher_(finisher),
      thread_([this] { run(); }) {}

Reclaimer::~Reclaimer() {
  // sync[R1] release -> R2: everything that was submitted before is seen by the last round.
  is_stopping_.store(true, std::memory_order_release);
  // sync[R9] release -> R6, R10: who sees the count sees that the end has come.
  wake_.fetch_add(1, std::memory_order_release);
  wake_.notify_one();
  thread_.join();
}

Reclaimer::Batch* Reclaimer::make_batch(std::uint32_t capacity) {
  return ::new (memory_.ledger.allocate(Batch::bytes_for(capacity)))
      Batch{nullptr, 0, capacity, 0, 0};
}

void Reclaimer::submit(Batch* batch) noexcept {
  batch->bytes = Batch::bytes_for(batch->capacity);
  for (std::uint32_t i = 0; i < batch->size; ++i) batch->bytes += batch->items()[i].bytes;
  // relaxed: both are counts that are read in a loop or as an estimate.
  pending_bytes_.fetch_add(batch->bytes, std::memory_order_relaxed);
  // relaxed: as above.
  pending_batches_.fetch_add(1, std::memory_order_relaxed);
  // relaxed: only compared and stored.
  Batch* newest = submitted_.load(std::memory_order_relaxed);
  do {
    batch->next = newest;
    // sync[R3] release -> R4: the batch and what it unlinked are seen by the thread that takes it.
  } while (!submitted_.compare_exchange_weak(newest, batch, std::memory_order_release,
                                             std::memory_order_relaxed));  // relaxed: tried again
  if (newest != nullptr) return;  // the thread is awake, or another writer is waking it
  // sync[R5] release -> R6, R10: who sees the count sees the batch.
  wake_.fetch_add(1, std::memory_order_release);
  wake_.notify_one();
}

void Reclaimer::run() {
  for (;;) {
    // sync[R6] acquire -> R5, R9: a batch that comes after this load changes the count.
    const std::uint32_t seen = wake_.load(std::memory_order_acquire);
    // sync[R2] acquire -> R1: set before the join, after the last submit.
    const bool is_last = is_stopping_.load(std::memory_order_acquire);
    // sync[R4] acquire -> R3: the batches, down to the oldest.
    Batch* const newest = submitted_.exchange(nullptr, std::memory_order_acquire);
    if (newest != nullptr) {
      settle(newest);
      if (!is_last) std::this_thread::sleep_for(kPause);
    } else if (is_last) {
      return;
    } else {
      // sync[R10] acquire -> R5, R9: as R6, for the value that wait() compares.
      wake_.wait(seen, std::memory_order_acquire);
    }
  }
}

void Reclaimer::settle(Batch* newest) {
  urcu_bp_synchronize_rcu();
  SLUICE_GRACE_PERIOD_ENDED();
  Batch* oldest = nullptr;
  while (newest != nullptr) {
    Batch* const next = newest->next;
    newest->next = oldest;
    oldest = newest;
    newest = next;
  }
  std::size_t bytes = 0;
  std::size_t batches = 0;
  while (oldest != nullptr) {
    Batch* const batch = oldest;
    oldest = batch->next;
    const Guard guard;  // duties change the index, as writers do
    bytes += batch->bytes;
    ++batches;
    if (do_duties(*batch)) {
      records_.add(batch, Batch::bytes_for(batch->capacity));
    } else {
      submit(batch);  // out of memory: it waits for another round
    }
  }
  pieces_.flush();
  records_.flush();
  // relaxed: an estimate.
  pending_bytes_.fetch_sub(bytes, std::memory_order_relaxed);
  // sync[R7] release -> R8: what the duties freed is free when drain() returns.
  pending_batches_.fetch_sub(batches, std::memory_order_release);
}

bool Reclaimer::do_duties(Batch& batch) {
  for (; batch.done < batch.size; ++batch.done) {
    const Item& item = batch.items()[batch.done];
    if (item.duty == Duty::release_piece) {
      pieces_.add(item.object, item.bytes);
      continue;
    }
    if (item.duty == Duty::release_record) {
      records_.add(item.object, item.bytes);
      continue;
    }
    try {
      finisher_.finish(item);
    } catch (const std::bad_alloc&) {
      return false;
    }
  }
  return true;
}

void Reclaimer::throttle() const noexcept {
  for (int i = 0; i < kThrottlePauses && pending() > kPendingLimit; ++i) {
    std::this_thread::sleep_for(kPause);
  }
}

void Reclaimer::drain() const noexcept {
  // sync[R8] acquire -> R7: nothing that was counted is still being worked on.
  while (pending_batches_.load(std::memory_order_acquire) != 0) {
    std::this_thread::sleep_for(kPause);
  }
}

std::size_t Reclaimer::pending() const noexcept {
  // relaxed: an estimate; a stale value delays or hastens one wait.
  return pending_bytes_.load(std::memory_order_relaxed);
}

}  // namespace sluice::internal
