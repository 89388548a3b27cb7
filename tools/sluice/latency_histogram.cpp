#include "latency_histogram.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

namespace sluice::tool {

std::size_t LatencyHistogram::step_of(std::uint64_t value) noexcept {
  if (value < kSteps) return static_cast<std::size_t>(value);
  const auto shift = static_cast<unsigned>(std::bit_width(value)) - 1 - kStepBits;
  return static_cast<std::size_t>((std::uint64_t{shift} + 1) << kStepBits) +
         static_cast<std::size_t>(value >> shift) - kSteps;
}

std::uint64_t LatencyHistogram::upper_end(std::size_t step) noexcept {
  if (step < kSteps) return step;
  const std::size_t shift = (step >> kStepBits) - 1;
  return ((std::uint64_t{step & (kSteps - 1)} + kSteps + 1) << shift) - 1;
}

void LatencyHistogram::add(std::chrono::microseconds latency) noexcept {
  const auto value = std::min(
      static_cast<std::uint64_t>(std::max<std::chrono::microseconds::rep>(latency.count(), 0)),
      kLongest);
  ++counts_[step_of(value)];
  ++count_;
  max_ = std::max(max_, std::chrono::microseconds{value});
}

std::chrono::microseconds LatencyHistogram::quantile(double share) const noexcept {
  const auto rank = static_cast<std::uint64_t>(std::ceil(share * static_cast<double>(count_)));
  std::uint64_t seen = 0;
  for (std::size_t step = 0; step < counts_.size() && count_ != 0; ++step) {
    seen += counts_[step];
    if (seen >= std::max<std::uint64_t>(rank, 1))
      return std::min(max_, std::chrono::microseconds{upper_end(step)});
  }
  return max_;
}

}  // namespace sluice::tool
