// Removes what a DeliveryStore need not keep.
#pragma once

#include <cstdint>
#include <stop_token>

#include "base/time.hpp"

namespace sluice::store {

class Connections;
struct DeliveryRetention;

/// Each step is a transaction of a few hundred rows, some milliseconds: what writes meanwhile gets
/// in between. Thread safety: one thread at a time.
class Pruning {
 public:
  Pruning(Connections& connections, const std::stop_token& stop) noexcept
      : connections_(connections), stop_(stop) {}

  /// Rows that were removed. Errors: StoreError; std::bad_alloc; what was removed before stays so.
  std::uint64_t run(const DeliveryRetention& retention, base::Time now);

 private:
  void remove_forgotten();
  void remove_older_than(base::Time time);
  void remove_attempts_above(std::uint64_t per_webhook);
  void remove_dead_letters_above(std::uint64_t per_webhook);

  /// Repeats `step`, which removes so many rows at most and says how many it did, until it finds no
  /// more of them.
  template <class Step>
  void repeat(Step&& step);

  Connections& connections_;
  const std::stop_token stop_;
  std::uint64_t removed_ = 0;
};

}  // namespace sluice::store
