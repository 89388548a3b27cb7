// A quick look at one engine on one workload, for tuning: no statistics, no repetition, but the
// answers are checked first. bench/main.cpp is what results are claimed from.
#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdio>
#include <exception>
#include <string>
#include <thread>
#include <vector>

#include "bench/expected_answers.hpp"

namespace {

using namespace sluice::bench;
using Clock = std::chrono::steady_clock;

struct ProbeOptions {
  std::string workloads;
  std::string set = "w1";
  std::string engine = "sluice";
  std::string cache = "off";
  std::size_t batch = 16;
  std::size_t threads = 1;
  std::size_t passes = 5;
};

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

/// Every thread walks all events `passes` times, each from another place. Gives the seconds of the
/// fastest pass (all threads), and of all.
struct Timing {
  double fastest = 1e300;
  double total = 0;
};

Timing time_passes(std::vector<std::unique_ptr<Session>>& sessions, const Workload& workload,
                   const Tally& expected, std::size_t passes) {
  const std::span<const sluice::Query> events = workload.events();
  Timing timing;
  for (std::size_t pass = 0; pass < passes; ++pass) {
    std::vector<Tally> tallies(sessions.size());
    const Clock::time_point start = Clock::now();
    {
      std::vector<std::jthread> threads;
      for (std::size_t t = 0; t < sessions.size(); ++t) {
        threads.emplace_back([&, t] {
          const std::size_t from = events.size() * t / sessions.size();
          tallies[t] = sessions[t]->tally(events.subspan(from));
          tallies[t] += sessions[t]->tally(events.first(from));
        });
      }
    }
    const double seconds = seconds_since(start);
    for (const Tally& tally : tallies)
      if (tally != expected)
        throw std::runtime_error{"the timed answers differ from the reference"};
    timing.fastest = std::min(timing.fastest, seconds);
    timing.total += seconds;
  }
  return timing;
}

int run(const ProbeOptions& options) {
  const Workload workload{options.workloads, options.set};
  const ExpectedAnswers expected{Workload{options.workloads, flat_set(options.set)}};

  const auto contestant = make_contestant(options.engine);
  const Clock::time_point start = Clock::now();
  load(*contestant, workload);
  const double load_seconds = seconds_since(start);

  const SessionOptions session_options{.is_cached = options.cache == "on", .batch = options.batch};
  std::vector<std::unique_ptr<Session>> sessions;
  for (std::size_t t = 0; t < options.threads; ++t)
    sessions.push_back(contestant->open(session_options));
  if (const auto wrong = expected.difference(*sessions[0], workload.events())) {
    std::fprintf(stderr, "refused: %s\n", wrong->c_str());
    return 1;
  }

  const std::size_t events = workload.events().size();
  const Tally total = expected.tally(0, events);
  const Timing timing = time_passes(sessions, workload, total, options.passes);
  const double subscriptions = static_cast<double>(workload.subscriptions().size());
  const double all_events = static_cast<double>(events * options.threads);
  std::printf(
      "%-4s %-12s cache:%-3s batch:%-6zu threads:%zu  best %8.1f  mean %8.1f ns/event  "
      "hits/event %.2f  id_sum %llu  load %.3f s (%.0f ns each)  %.1f bytes/sub\n",
      options.set.c_str(), options.engine.c_str(), options.cache.c_str(), options.batch,
      options.threads, timing.fastest * 1e9 / all_events,
      timing.total * 1e9 / (all_events * static_cast<double>(options.passes)),
      static_cast<double>(total.hits) / static_cast<double>(events),
      static_cast<unsigned long long>(total.id_sum), load_seconds,
      load_seconds * 1e9 / subscriptions,
      static_cast<double>(contestant->index_bytes()) / subscriptions);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  ProbeOptions options;
  CLI::App app{"Times one engine on one workload, after checking its answers."};
  app.add_option("--workloads", options.workloads, "Directory of the workload files")->required();
  app.add_option("--set", options.set, "w1, w1m, w2u, w2z, w3, w3s")->capture_default_str();
  app.add_option("--engine", options.engine,
                 "sluice, locked_trie, mask_tables, frozen_trie, linear_scan")
      ->capture_default_str();
  app.add_option("--cache", options.cache, "The resolved-name cache")
      ->check(CLI::IsMember({"on", "off"}))
      ->capture_default_str();
  app.add_option("--batch", options.batch, "Names a call; 1 is the single-name call")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  app.add_option("--threads", options.threads)->check(CLI::PositiveNumber)->capture_default_str();
  app.add_option("--passes", options.passes)->check(CLI::PositiveNumber)->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  try {
    return run(options);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
}
