// Latencies in bounded memory, with a relative error of at most 1/128: each power of two is cut into
// 128 equal steps, as HdrHistogram does (Gil Tene).
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace sluice::tool {

/// Thread safety: one thread at a time.
class LatencyHistogram {
 public:
  /// Complexity: O(1). A latency over an hour counts as an hour.
  void add(std::chrono::microseconds latency) noexcept;

  std::uint64_t count() const noexcept { return count_; }
  std::chrono::microseconds max() const noexcept { return max_; }
  /// The latency that `share` (0 to 1) of all stay at or below: the upper end of its step, at most
  /// max(). 0 without latencies. Complexity: O(steps).
  std::chrono::microseconds quantile(double share) const noexcept;

 private:
  static constexpr unsigned kStepBits = 7;
  static constexpr std::size_t kSteps = std::size_t{1} << kStepBits;
  static constexpr std::uint64_t kLongest = std::uint64_t{3600} * 1'000'000;

  static std::size_t step_of(std::uint64_t value) noexcept;
  static std::uint64_t upper_end(std::size_t step) noexcept;

  std::array<std::uint64_t, 28 * kSteps> counts_{};
  std::uint64_t count_ = 0;
  std::chrono::microseconds max_{};
};

}  // namespace sluice::tool
