// How long things took, as counts in buckets: what one thread adds up, and what is read of it. Ten
// buckets a decade, whose bounds hold those of the metrics, so that quantiles and metrics are read off
// the same counts.
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

/// Counts of durations. Regular value. Thread safety: none.
struct Durations {
  /// The largest duration of each bucket: of 1 us and more, each 1.25 to 1.5 times the one before it.
  /// Above the last is one more bucket. Source of the steps: ISO 3, R10.
  static constexpr auto kBounds = [] {
    constexpr std::array<std::int64_t, 7> kFirst{1, 2, 3, 4, 5, 6, 8};
    constexpr std::array<std::int64_t, 10> kSteps{100, 125, 160, 200, 250, 315, 400, 500, 630, 800};
    constexpr std::size_t kDecades = 7;
    std::array<std::chrono::microseconds, kFirst.size() + kSteps.size() * kDecades + 1> bounds{};
    std::size_t at = 0;
    for (const std::int64_t bound : kFirst) bounds[at++] = std::chrono::microseconds{bound};
    std::int64_t unit = 10;
    for (std::size_t decade = 0; decade < kDecades; ++decade, unit *= 10)
      for (const std::int64_t step : kSteps)
        bounds[at++] = std::chrono::microseconds{(step * unit + 50) / 100};
    bounds[at] = std::chrono::microseconds{unit};  // 100 s
    return bounds;
  }();
  static constexpr std::size_t kBuckets = kBounds.size() + 1;

  static std::size_t bucket_of(std::chrono::nanoseconds duration) noexcept {
    const auto* const found = std::lower_bound(kBounds.begin(), kBounds.end(), duration);
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
