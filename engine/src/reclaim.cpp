#include "reclaim.hpp"

#include <urcu/urcu-bp.h>

#include <algorithm>
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

void Guard::renew() noexcept {
  SLUICE_SECTION_ENDS();
  urcu_bp_read_unlock();
  urcu_bp_read_lock();
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

Reclaimer::Batch* Reclaimer::take_batch() {
  for (std::atomic<Batch*>& place : open_) {
    // relaxed: a stale value costs a look at another place.
    if (place.load(std::memory_order_relaxed) == nullptr) continue;
    // sync[R11] acquire -> R12: the items of those before, which this operation writes behind.
    Batch* const batch = place.exchange(nullptr, std::memory_order_acquire);
    if (batch != nullptr) return batch;
  }
  return make_batch(kUsualItems);
}

Reclaimer::Batch* Reclaimer::make_batch(std::uint32_t capacity) {
  capacity = std::max(capacity, kUsualItems);
  return ::new (memory_.ledger.allocate(Batch::bytes_for(capacity)))
      Batch{nullptr, 0, capacity, 0, 0, 0};
}

void Reclaimer::leave(Batch* batch) noexcept {
  if (batch->capacity - batch->size < kLeastRoom) return submit(batch);
  const bool is_first = count(batch);
  for (std::atomic<Batch*>& place : open_) {
    Batch* none = nullptr;
    // sync[R12] release -> R11, R13: the batch and what it unlinked are seen by who takes it.
    if (place.compare_exchange_strong(none, batch, std::memory_order_release,
                                      std::memory_order_relaxed)) {  // relaxed: another place
      if (is_first) wake();
      return;
    }
  }
  push(batch);
  if (is_first) wake();
}

void Reclaimer::submit(Batch* batch) noexcept {
  const bool is_first = count(batch);
  push(batch);
  if (is_first) wake();
}

// Adds what is new in a batch to what awaits release. True: there was nothing before, so that the
// thread may be asleep and is to be woken once the batch can be taken.
bool Reclaimer::count(Batch* batch) noexcept {
  const bool is_new = batch->bytes == 0;
  std::size_t bytes = is_new ? Batch::bytes_for(batch->capacity) : 0;
  for (; batch->counted < batch->size; ++batch->counted) {
    bytes += batch->items()[batch->counted].bytes;
  }
  batch->bytes += bytes;
  // relaxed: an estimate.
  pending_bytes_.fetch_add(bytes, std::memory_order_relaxed);
  // relaxed: the thread sleeps only if it sees 0, and a wake-up that follows undoes that.
  return is_new && pending_batches_.fetch_add(1, std::memory_order_relaxed) == 0;
}

void Reclaimer::push(Batch* batch) noexcept {
  // relaxed: only compared and stored.
  Batch* newest = submitted_.load(std::memory_order_relaxed);
  do {
    batch->next = newest;
    // sync[R3] release -> R4: the batch and what it unlinked are seen by the thread that takes it.
  } while (!submitted_.compare_exchange_weak(newest, batch, std::memory_order_release,
                                             std::memory_order_relaxed));  // relaxed: tried again
}

void Reclaimer::wake() noexcept {
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
    Batch* const newest = take_all();
    if (newest != nullptr) {
      settle(newest);
      if (!is_last) std::this_thread::sleep_for(kPause);
    } else if (is_last) {
      return;
    } else if (has_pending()) {
      std::this_thread::sleep_for(kPause);  // an operation has the batch
    } else {
      // sync[R10] acquire -> R5, R9: as R6, for the value that wait() compares.
      wake_.wait(seen, std::memory_order_acquire);
    }
  }
}

bool Reclaimer::has_pending() const noexcept {
  // relaxed: who counts a batch after this load wakes the thread.
  return pending_batches_.load(std::memory_order_relaxed) != 0;
}

// Every batch that no operation holds, down to the oldest.
Reclaimer::Batch* Reclaimer::take_all() noexcept {
  // sync[R4] acquire -> R3: the batches and what they unlinked.
  Batch* newest = submitted_.exchange(nullptr, std::memory_order_acquire);
  for (std::atomic<Batch*>& place : open_) {
    // sync[R13] acquire -> R12: as R4.
    Batch* const batch = place.exchange(nullptr, std::memory_order_acquire);
    if (batch == nullptr) continue;
    batch->next = newest;
    newest = batch;
  }
  return newest;
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
    if (!do_duties(*batch)) {
      push(batch);  // out of memory: it waits for another round
      continue;
    }
    bytes += batch->bytes;
    ++batches;
    records_.add(batch, Batch::bytes_for(batch->capacity));
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
