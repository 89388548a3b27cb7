// What one change of the index carries along: the read section it runs in, the memory, and what it
// unlinks. An operation that lost a race retires what it built in vain, too (pool.hpp, I1).
#pragma once

#include <cstddef>
#include <cstdint>

#include "assert.hpp"
#include "pool.hpp"
#include "reclaim.hpp"

namespace sluice::internal {

/// Where a test may stop a writer. Called with the point's name; empty in production.
struct WriterProbe {
  void (*reached)(void* context, const char* point) = nullptr;
  void* context = nullptr;

  void at(const char* point) const {
    if (reached != nullptr) reached(context, point);
  }
};

class Operation {
 public:
  Operation(Memory& memory, Reclaimer& reclaimer, const WriterProbe& probe)
      : memory_(memory), reclaimer_(reclaimer), probe_(probe), batch_(reclaimer.take_batch()) {}
  ~Operation() { reclaimer_.leave(batch_); }
  Operation(const Operation&) = delete;
  Operation& operator=(const Operation&) = delete;

  /// Memory of the index, and of the ledger. Errors: std::bad_alloc.
  void* allocate(std::size_t bytes) { return memory_.index.allocate(bytes); }
  void* allocate_record(std::size_t bytes) { return memory_.ledger.allocate(bytes); }

  /// Makes sure that the next `count` defer() calls cannot fail. Call it before the change that
  /// makes them due.
  void reserve(std::uint32_t count) {
    if (batch_->capacity - batch_->size >= count) return;
    Reclaimer::Batch* const next = reclaimer_.make_batch(count);
    reclaimer_.submit(batch_);
    batch_ = next;
  }
  void defer(Reclaimer::Item item) noexcept {
    SLUICE_ASSERT(batch_->size < batch_->capacity);
    batch_->items()[batch_->size++] = item;
  }
  void retire(void* piece, std::size_t bytes) noexcept {
    defer({piece, static_cast<std::uint32_t>(bytes), Reclaimer::Duty::release_piece});
  }
  void retire_record(void* record, std::size_t bytes) noexcept {
    defer({record, static_cast<std::uint32_t>(bytes), Reclaimer::Duty::release_record});
  }

  /// Before each part of a change that may be large: now and then the read section ends and another
  /// begins, so that what was unlinked flows back meanwhile. Nothing that was found before may be
  /// followed after. Errors: std::bad_alloc.
  void next_part() {
    if (++parts_ % kPartsAtOnce != 0) return;
    Reclaimer::Batch* const next = reclaimer_.make_batch(Reclaimer::kLeastRoom);
    reclaimer_.submit(batch_);
    batch_ = next;
    guard_.renew();
  }

  void reached(const char* point) const { probe_.at(point); }

 private:
  static constexpr std::size_t kPartsAtOnce = 64;

  Guard guard_;
  Memory& memory_;
  Reclaimer& reclaimer_;
  const WriterProbe& probe_;
  Reclaimer::Batch* batch_;
  std::size_t parts_ = 0;
};

}  // namespace sluice::internal
