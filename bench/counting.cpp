// Counting: what the service's own counts cost the thread that makes them, beside a counter that
// threads share.
#include <benchmark/benchmark.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>

#include "bench/stage.hpp"
#include "base/counter.hpp"
#include "base/durations.hpp"

namespace sluice::bench {
namespace {

void check(benchmark::State& state, std::uint64_t counted) {
  if (counted != static_cast<std::uint64_t>(state.iterations()))
    state.SkipWithError("counted something else");
}

void count_alone(benchmark::State& state) {
  base::Counter counter;
  for (auto _ : state) {
    counter.add(1);
    benchmark::ClobberMemory();
  }
  check(state, counter.value());
}

/// As a request does: several counters, one after the other, none of which waits for its own last store.
void count_in_turn(benchmark::State& state) {
  std::array<base::Counter, 8> counters;
  std::size_t next = 0;
  for (auto _ : state) {
    counters[next++ % counters.size()].add(1);
    benchmark::ClobberMemory();
  }
  std::uint64_t counted = 0;
  for (const base::Counter& each : counters) counted += each.value();
  check(state, counted);
}

void count_shared(benchmark::State& state) {
  std::atomic<std::uint64_t> counter{0};
  for (auto _ : state) {
    counter.fetch_add(1, std::memory_order_relaxed);
    benchmark::ClobberMemory();
  }
  check(state, counter.load());
}

void count_duration(benchmark::State& state) {
  base::DurationHistogram histogram;
  std::uint64_t turn = 0;
  for (auto _ : state) histogram.add(std::chrono::microseconds{(turn += 97) % 4096});
  base::Durations durations;
  histogram.add_to(durations);
  std::uint64_t counted = 0;
  for (const std::uint64_t count : durations.counts) counted += count;
  check(state, counted);
}

}  // namespace

void register_counting() {
  benchmark::RegisterBenchmark("Counting/counter", count_alone);
  benchmark::RegisterBenchmark("Counting/in_turn", count_in_turn);
  benchmark::RegisterBenchmark("Counting/shared", count_shared);
  benchmark::RegisterBenchmark("Counting/duration", count_duration);
}

}  // namespace sluice::bench
