// What one change of the index carries along: the read section it runs in, the pool, and what it
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
};

class Operation {
 public:
  Operation(Pool& pool, Reclaimer& reclaimer, const WriterProbe& probe)
      : pool_(pool),
        reclaimer_(reclaimer),
        probe_(probe),
        batch_(reclaimer.make_batch(kUsualItems)) {}
  ~Operation() { reclaimer_.submit(batch_); }
  Operation(const Operation&) = delete;
  Operation& operator=(const Operation&) = delete;

  void* allocate(std::size_t bytes) { return pool_.allocate(bytes); }

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

  void reached(const char* point) const {
    if (probe_.reached != nullptr) probe_.reached(probe_.context, point);
  }

  Pool& pool() const noexcept { return pool_; }

 private:
  static constexpr std::uint32_t kUsualItems = 6;

  Guard guard_;
  Pool& pool_;
  Reclaimer& reclaimer_;
  const WriterProbe& probe_;
  Reclaimer::Batch* batch_;
};

}  // namespace sluice::internal
