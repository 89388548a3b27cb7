// Random numbers that are the same on every machine and with every compiler. The distributions of
// <random> are not, so that this file has its own arithmetic, in integers only.
#pragma once

#include <cstdint>

namespace sluice::tool {

__extension__ using Uint128 = unsigned __int128;

/// SplitMix64. Source: Steele, Lea, Flood, "Fast splittable pseudorandom number generators",
/// OOPSLA 2014. Thread safety: one thread at a time.
class RandomStream {
 public:
  /// `purpose` tells streams of the same seed apart, so that a longer list of names does not change
  /// the subscriptions that are drawn from it.
  RandomStream(std::uint64_t seed, std::uint64_t purpose) noexcept : state_(mix(seed) ^ purpose) {}

  std::uint64_t next() noexcept {
    state_ += 0x9E3779B97F4A7C15U;
    return mix(state_);
  }

  /// Uniform in [0, bound), bound > 0: the high half of a product, whose bias of bound / 2^64 no
  /// workload can show.
  std::uint64_t below(std::uint64_t bound) noexcept {
    return static_cast<std::uint64_t>((Uint128{next()} * bound) >> 64U);
  }

  /// True with a probability of `percent` in a hundred.
  bool is_chosen(std::uint64_t percent) noexcept { return below(100) < percent; }

  static constexpr std::uint64_t mix(std::uint64_t x) noexcept {
    x = (x ^ (x >> 30U)) * 0xBF58476D1CE4E5B9U;
    x = (x ^ (x >> 27U)) * 0x94D049BB133111EBU;
    return x ^ (x >> 31U);
  }

 private:
  std::uint64_t state_;
};

}  // namespace sluice::tool
