// Runs the benchmarks, if this build's timings may be believed, in alternating rounds.
#include <benchmark/benchmark.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>
#include <string>

#include "bench/build_facts.hpp"
#include "bench/round_reporter.hpp"
#include "bench/stage.hpp"

namespace {

using namespace sluice::bench;

struct Options {
  StageOptions stage;
  std::string workloads;
  std::string out;
  std::size_t rounds = 1;
  std::size_t window_milliseconds = 1'000;
};

int parse(int argc, char** argv, Options& options) {
  CLI::App app{"The engine's benchmarks. Options of Google Benchmark are taken as well."};
  app.add_option("--workloads", options.workloads, "Directory with the workload files W1, W2, W3");
  app.add_flag("--smoke", options.stage.is_smoke, "Tiny workloads: that all runs, not how fast");
  app.add_option("--out", options.out, "JSON file for the results of all rounds");
  app.add_option("--rounds", options.rounds, "How often every benchmark has its turn")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  app.add_option("--window-ms", options.window_milliseconds, "Length of one Mixed measurement")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  app.add_option("--seed", options.stage.seed, "Of the workloads that are made up in memory")
      ->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  if (options.workloads.empty() && !options.stage.is_smoke)
    return app.exit(CLI::RequiredError("--workloads (or --smoke)"));
  options.stage.workloads = options.workloads;
  options.stage.window =
      std::chrono::milliseconds{options.stage.is_smoke ? 5 : options.window_milliseconds};
  return 0;
}

int run(const Options& options) {
  for (const auto& [key, value] : build_facts()) benchmark::AddCustomContext(key, value);
  Stage stage{options.stage};
  register_match(stage);
  register_update(stage);
  register_mixed(stage);
  register_visibility(stage);
  register_decode(stage);
  register_stream(stage);
  register_scaling(stage);
  register_counting();
  register_hostile(stage);
  register_regex(stage);
  RoundReporter reporter{options.out};
  for (std::size_t round = 0; round < options.rounds; ++round)
    benchmark::RunSpecifiedBenchmarks(&reporter);
  return reporter.finish() ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  if (const auto problem = build_problem()) {
    std::fprintf(stderr, "%s: these timings would mean nothing: %s\n", argv[0], problem->c_str());
    return 2;
  }
  benchmark::Initialize(&argc, argv);
  Options options;
  if (const int failure = parse(argc, argv, options); failure != 0) return failure;
  try {
    return run(options);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s: %s\n", argv[0], error.what());
    return 1;
  }
}
