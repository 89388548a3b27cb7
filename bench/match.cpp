// Match: events a second through a warm index, ours with its resolved-name cache off and on and
// with several batch sizes, and the baselines, on the common workloads, on 1 and 2 threads.
#include <string>

#include "bench/stage.hpp"

namespace sluice::bench {

namespace {

// Large enough to hide the loop's own cost, small enough that a slow engine gets through one.
constexpr std::size_t kSlice = 10'000;
// A linear scan of 100,000 patterns takes about a millisecond an event.
constexpr std::size_t kScannedEvents = 500;

struct MatchCase {
  std::string set;
  std::string engine;
  std::string label;  // the options, as the name of the benchmark shows them
  SessionOptions options;
};

void register_case(Stage& stage, const MatchCase& match) {
  const bool is_scan = match.engine == "linear_scan";
  const std::string name = "Match/" + match.set + "/" + match.engine + match.label;
  auto* registered =
      benchmark::RegisterBenchmark(name.c_str(), [&stage, match, is_scan](benchmark::State& state) {
        Subject& subject =
            stage.subject(match.engine, match.set, is_scan ? kScannedEvents : SIZE_MAX);
        time_matching(state, subject, match.options, is_scan ? 10 : kSlice);
      });
  registered->UseRealTime()->Threads(1)->Threads(2);
}

}  // namespace

void register_match(Stage& stage) {
  for (const std::string set : {"w1", "w1m", "w2u", "w2z", "w3", "w3s"}) {
    for (const bool is_cached : {false, true}) {
      for (const std::size_t batch : {std::size_t{1}, std::size_t{16}, std::size_t{256}, kSlice}) {
        const std::string label = std::string{"/cache:"} + (is_cached ? "on" : "off") +
                                  "/batch:" + (batch == kSlice ? "whole" : std::to_string(batch));
        register_case(stage, {set, "sluice", label, {is_cached, batch}});
      }
    }
    if (set == "w3s") continue;  // the baselines know no scopes: they have the same lines as w3
    for (const std::size_t batch : {std::size_t{1}, std::size_t{16}})
      register_case(stage,
                    {set, "locked_trie", "/batch:" + std::to_string(batch), {.batch = batch}});
    register_case(stage, {set, "mask_tables", "", {}});
    register_case(stage, {set, "frozen_trie", "", {}});
  }
  register_case(stage, {"w1", "linear_scan", "", {}});
}

}  // namespace sluice::bench
