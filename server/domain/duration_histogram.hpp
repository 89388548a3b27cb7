// How long things took, in buckets: each power of two of microseconds is cut into four, so that a
// quantile read off it is wrong by a quarter at most, and two moments can be subtracted.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace sluice::domain {

/// Thread safety: none. Regular value.
class DurationHistogram {
 public:
  static constexpr std::size_t kBuckets = 104;  // the last one takes all from 117 seconds on

  void add(std::chrono::microseconds duration) noexcept { ++counts_[bucket_of(duration)]; }

  std::uint64_t count(std::size_t bucket) const { return counts_.at(bucket); }
  /// What is in the bucket took less than this.
  static std::chrono::microseconds end_of(std::size_t bucket) noexcept;
  static std::size_t bucket_of(std::chrono::microseconds duration) noexcept;

 private:
  std::array<std::uint64_t, kBuckets> counts_{};
};

}  // namespace sluice::domain
