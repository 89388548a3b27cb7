// The distribution of many short times: every one is kept, none is sampled or averaged away.
#pragma once

#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#if defined(__x86_64__)
#include <x86intrin.h>
#endif

namespace sluice::bench {

/// The time stamp counter where there is one (about 8 ns a read, where steady_clock takes 25), else
/// steady_clock. What a tick is worth is measured over the run itself.
inline std::uint64_t now_ticks() {
#if defined(__x86_64__)
  return __rdtsc();
#else
  return static_cast<std::uint64_t>(std::chrono::steady_clock::now().time_since_epoch().count());
#endif
}

/// Thread safety: one thread at a time.
class Latencies {
 public:
  explicit Latencies(std::size_t expected) { ticks_.reserve(expected); }

  void add(std::uint64_t ticks) { ticks_.push_back(ticks); }
  void append(const Latencies& other) {
    ticks_.insert(ticks_.end(), other.ticks_.begin(), other.ticks_.end());
  }
  std::size_t size() const noexcept { return ticks_.size(); }

  /// Adds counters `<prefix>_p50_ns`, p99, p99.9 and max. `ns_per_tick` comes from a TickScale.
  void report(benchmark::State& state, const std::string& prefix, double ns_per_tick) {
    if (ticks_.empty()) return;
    std::sort(ticks_.begin(), ticks_.end());
    const auto at = [&](double share) {
      const auto index = static_cast<std::size_t>(share * static_cast<double>(ticks_.size()));
      return static_cast<double>(ticks_[std::min(index, ticks_.size() - 1)]) * ns_per_tick;
    };
    state.counters[prefix + "_p50_ns"] = at(0.5);
    state.counters[prefix + "_p99_ns"] = at(0.99);
    state.counters[prefix + "_p99.9_ns"] = at(0.999);
    state.counters[prefix + "_max_ns"] = at(1);
  }

 private:
  std::vector<std::uint64_t> ticks_;
};

/// Measures what a tick is worth, from its construction to ns_per_tick().
class TickScale {
 public:
  TickScale() : start_{std::chrono::steady_clock::now()}, start_ticks_{now_ticks()} {}

  double elapsed_seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
  }
  double ns_per_tick() const {
    return elapsed_seconds() * 1e9 / static_cast<double>(now_ticks() - start_ticks_);
  }

 private:
  std::chrono::steady_clock::time_point start_;
  std::uint64_t start_ticks_;
};

}  // namespace sluice::bench
