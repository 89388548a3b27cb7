#include "zipf_table.hpp"

#include <algorithm>
#include <array>
#include <bit>

// std::pow differs in its last bit between C libraries, which would make the files differ between
// machines. Here k^-a = 2^(-a log2 k) is computed in fixed point, bit by bit.

namespace sluice::tool {
namespace {

constexpr unsigned kFraction = 32;  // bits behind the point of logarithms and weights

/// log2(value), rounded down. Each squaring of the mantissa yields one bit of the logarithm.
std::uint64_t fixed_log2(std::uint64_t value) {
  const auto whole = static_cast<unsigned>(std::bit_width(value)) - 1;
  std::uint64_t mantissa = value << (63 - whole);  // in [1, 2), 63 bits behind the point
  std::uint64_t result = whole;
  for (unsigned bit = 0; bit < kFraction; ++bit) {
    const auto square = Uint128{mantissa} * mantissa;
    const bool is_two_or_more = (square >> 127U) != 0;
    mantissa = static_cast<std::uint64_t>(square >> (is_two_or_more ? 64U : 63U));
    result = 2 * result + (is_two_or_more ? 1 : 0);
  }
  return result;
}

std::uint64_t square_root(Uint128 value) {
  std::uint64_t root = 0;
  for (std::uint64_t bit = std::uint64_t{1} << 63U; bit != 0; bit >>= 1U) {
    const std::uint64_t larger = root | bit;
    if (Uint128{larger} * larger <= value) root = larger;
  }
  return root;
}

/// Element i is 2^-(2^-(i+1)), 62 bits behind the point.
std::array<std::uint64_t, kFraction> roots_of_half() {
  std::array<std::uint64_t, kFraction> roots{};
  std::uint64_t root = std::uint64_t{1} << 61U;
  for (std::uint64_t& each : roots) each = root = square_root(Uint128{root} << 62U);
  return roots;
}

/// 2^-exponent, in units of 2^-32, at least one of them.
std::uint64_t fixed_exp2_of_minus(std::uint64_t exponent,
                                  const std::array<std::uint64_t, kFraction>& roots) {
  const std::uint64_t whole = exponent >> kFraction;
  if (whole >= kFraction) return 1;
  std::uint64_t result = std::uint64_t{1} << 62U;
  for (unsigned i = 0; i < kFraction; ++i) {
    if ((exponent >> (kFraction - 1 - i) & 1U) != 0)
      result = static_cast<std::uint64_t>((Uint128{result} * roots[i]) >> 62U);
  }
  return std::max<std::uint64_t>(result >> (62 - kFraction + whole), 1);
}

}  // namespace

ZipfTable::ZipfTable(std::uint64_t ranks, double exponent) : ranks_(ranks) {
  constexpr double kExponentUnits = 65536;
  const auto units = static_cast<std::uint64_t>(exponent * kExponentUnits + 0.5);
  if (units == 0) return;
  const auto roots = roots_of_half();
  cumulative_.reserve(ranks);
  std::uint64_t total = 0;
  for (std::uint64_t rank = 1; rank <= ranks; ++rank) {
    const Uint128 product = Uint128{fixed_log2(rank)} * units;
    total += fixed_exp2_of_minus(static_cast<std::uint64_t>(product >> 16U), roots);
    cumulative_.push_back(total);
  }
}

std::uint64_t ZipfTable::draw(RandomStream& random) const noexcept {
  if (cumulative_.empty()) return random.below(ranks_);
  const std::uint64_t point = random.below(cumulative_.back());
  const auto found = std::upper_bound(cumulative_.begin(), cumulative_.end(), point);
  return static_cast<std::uint64_t>(found - cumulative_.begin());
}

}  // namespace sluice::tool
