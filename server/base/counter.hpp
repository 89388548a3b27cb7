// Counts that one thread makes and others read.
//
// Roles:      one thread adds; any thread reads.
// Progress:   both are wait-free, and adding is no locked instruction.
#pragma once

#include <atomic>
#include <cstdint>

namespace sluice::base {

class Counter {
 public:
  void add(std::uint64_t number) noexcept {
    // relaxed: one thread writes, and a late reader reads a number that was right before.
    value_.store(value_.load(std::memory_order_relaxed) + number, std::memory_order_relaxed);
  }
  std::uint64_t value() const noexcept {
    // relaxed: a sum that is a moment old is still a sum that was right.
    return value_.load(std::memory_order_relaxed);
  }

 private:
  std::atomic<std::uint64_t> value_{0};
};

}  // namespace sluice::base
