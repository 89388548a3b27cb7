#include "domain/duration_histogram.hpp"

#include <algorithm>
#include <bit>

namespace sluice::domain {

// Below 4 a bucket for each value; from there, the two bits behind the highest choose the quarter.
std::size_t DurationHistogram::bucket_of(std::chrono::microseconds duration) noexcept {
  const auto value = static_cast<std::uint64_t>(std::max<std::int64_t>(duration.count(), 0));
  if (value < 4) return static_cast<std::size_t>(value);
  const auto exponent = static_cast<std::size_t>(std::bit_width(value)) - 1;
  const auto quarter = static_cast<std::size_t>((value >> (exponent - 2)) & 3U);
  return std::min((exponent - 1) * 4 + quarter, kBuckets - 1);
}

std::chrono::microseconds DurationHistogram::end_of(std::size_t bucket) noexcept {
  if (bucket < 4) return std::chrono::microseconds{bucket + 1};
  const std::size_t exponent = bucket / 4 + 1;
  return std::chrono::microseconds{(std::int64_t{5} + static_cast<std::int64_t>(bucket % 4))
                                   << (exponent - 2)};
}

}  // namespace sluice::domain
