// How long things took, as counts in buckets: what one thread adds up, and what is read of it.
//
// Roles:      of a DurationHistogram: one thread adds; any thread reads.
// Progress:   both are wait-free, and adding is no locked instruction.
#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>

#include "base/counter.hpp"

namespace sluice::base {

/// Counts of durations. Thread safety: none.
struct Durations {
  /// The largest duration of each bucket; above the last is one more.
  static constexpr std::array<std::chrono::microseconds, 16> kBounds{
      std::chrono::microseconds{100},       std::chrono::microseconds{250},
      std::chrono::microseconds{500},       std::chrono::microseconds{1'000},
      std::chrono::microseconds{2'500},     std::chrono::microseconds{5'000},
      std::chrono::microseconds{10'000},    std::chrono::microseconds{25'000},
      std::chrono::microseconds{50'000},    std::chrono::microseconds{100'000},
      std::chrono::microseconds{250'000},   std::chrono::microseconds{500'000},
      std::chrono::microseconds{1'000'000}, std::chrono::microseconds{2'500'000},
      std::chrono::microseconds{5'000'000}, std::chrono::microseconds{10'000'000}};
  static constexpr std::size_t kBuckets = kBounds.size() + 1;

  static std::size_t bucket_of(std::chrono::nanoseconds duration) noexcept {
    const auto* const found = std::find_if(kBounds.begin(), kBounds.end(),
                                           [duration](auto bound) { return duration <= bound; });
    return static_cast<std::size_t>(found - kBounds.begin());
  }

  void add(std::chrono::nanoseconds duration) noexcept {
    ++counts.at(bucket_of(duration));
    sum += duration;
  }

  std::array<std::uint64_t, kBuckets> counts{};
  std::chrono::nanoseconds sum{};
};

/// Thread safety: one thread adds, any thread reads.
class DurationHistogram {
 public:
  void add(std::chrono::nanoseconds duration) noexcept {
    counts_.at(Durations::bucket_of(duration)).add(1);
    sum_.add(static_cast<std::uint64_t>(duration.count()));
  }
  /// Buckets and sum may be of moments that differ by what is being added.
  void add_to(Durations& durations) const noexcept {
    for (std::size_t i = 0; i < counts_.size(); ++i) durations.counts.at(i) += counts_.at(i).value();
    durations.sum += std::chrono::nanoseconds{static_cast<std::int64_t>(sum_.value())};
  }

 private:
  std::array<Counter, Durations::kBuckets> counts_;
  Counter sum_;  // nanoseconds
};

}  // namespace sluice::base
