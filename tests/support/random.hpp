// Seeded randomness for model and race tests. A failure names its seed, and SLUICE_SEED repeats it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace sluice::testkit {

/// The seed of this run: SLUICE_SEED when it is set, a fresh one otherwise.
/// Errors: std::invalid_argument when SLUICE_SEED is not a number.
std::uint64_t test_seed();

/// For SCOPED_TRACE: what to type to run with `seed` again.
std::string seed_note(std::uint64_t seed);

/// A fast generator whose sequence is the same on every machine. Source: splitmix64, G. Steele et
/// al., "Fast Splittable Pseudorandom Number Generators", OOPSLA 2014.
class Random {
 public:
  explicit Random(std::uint64_t seed) noexcept : state_(seed) {}

  std::uint64_t next() noexcept {
    state_ += 0x9E3779B97F4A7C15U;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9U;
    z = (z ^ (z >> 27U)) * 0x94D049BB133111EBU;
    return z ^ (z >> 31U);
  }

  /// A number below `bound`, which is not 0.
  std::size_t below(std::size_t bound) noexcept { return static_cast<std::size_t>(next() % bound); }

  /// From `low` to `high`, both included.
  std::size_t between(std::size_t low, std::size_t high) noexcept {
    return low + below(high - low + 1);
  }

  bool is_one_in(std::size_t n) noexcept { return below(n) == 0; }

  template <class T>
  const T& pick(std::span<const T> choices) noexcept {
    return choices[below(choices.size())];
  }

 private:
  std::uint64_t state_;
};

}  // namespace sluice::testkit
