// What one change of the index carries along: the read section it runs in, the memory, and what it
// unlinks. An operation that lost a race retires what it built in vain, too (pool.hpp, I1).
#pragma once

#include <algorithm>
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
      : memory_(memory),
        reclaimer_(reclaimer),
        probe_(probe),
        batch_(reclaimer.make_batch(kUsualItems)) {}
  ~Operation() { reclaimer_.submit(batch_); }
  Operation(const Operation&) = delete;
  Operation& operator=(const Operation&) = delete;

  /// Memory of the index, and of the ledger. Errors: std::bad_alloc.
  void* allocate(std::size_t bytes) { return memory_.index.allocate(bytes); }
  void* allocate_record(std::size_t bytes) { return memory_.ledger.allocate(bytes); }

  /// Makes sure that the next `count` defer() calls cannot fail. Call it before the change that
  /// makes them due.
  void reserve(std::uint32_t count) {
    if (batch_->capacity - batch_->size >= count) return;
    Reclaimer::Batch* const next = reclaimer_.make_batch(std::max(count, kUsualItems));
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

  void reached(const char* point) const { probe_.at(point); }

 private:
  static constexpr std::uint32_t kUsualItems = 6;

  Guard guard_;
  Memory& memory_;
  Reclaimer& reclaimer_;
  const WriterProbe& probe_;
  Reclaimer::Batch* batch_;
};

}  // namespace sluice::internal
