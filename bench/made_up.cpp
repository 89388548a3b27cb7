#include "bench/made_up.hpp"

#include <algorithm>

namespace sluice::bench {

namespace {

constexpr std::size_t kSlice = 500;

void run_made_up(benchmark::State& state, const std::string& engine, const MakeWorkload& make,
                 const SessionOptions& options) {
  const std::shared_ptr<const Workload> workload = make();
  const auto expected = std::make_shared<const ExpectedAnswers>(*workload, 5);
  Subject subject{make_contestant(engine), workload, expected};
  time_matching(state, subject, options, kSlice);
}

void register_one(const std::string& name, const std::string& engine, const MakeWorkload& make,
                  const SessionOptions& options) {
  // The set-up takes longer than the timing: the number of iterations is not searched for.
  benchmark::RegisterBenchmark(name.c_str(),
                               [engine, make, options](benchmark::State& state) {
                                 run_made_up(state, engine, make, options);
                               })
      ->UseRealTime()
      ->Iterations(20);
}

}  // namespace

void register_made_up(const std::string& name, const MakeWorkload& make,
                      const std::vector<std::string>& baselines) {
  register_one(name + "/sluice/cache:off/batch:16", "sluice", make, {.batch = 16});
  register_one(name + "/sluice/cache:on/batch:16", "sluice", make,
               {.is_cached = true, .batch = 16});
  for (const std::string& engine : baselines)
    register_one(name + "/" + engine, engine, make, {.batch = 16});
}

}  // namespace sluice::bench
