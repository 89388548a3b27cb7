// Mixed: what a reader keeps of its rate while a writer changes the index at a fixed pace.
#include <chrono>
#include <string>

#include "bench/churn.hpp"
#include "bench/stage.hpp"

namespace sluice::bench {

namespace {

constexpr std::size_t kSlice = 1'000;

struct MixedCase {
  std::string set;
  std::string engine;
  std::string label;
  SessionOptions options;
  std::size_t changes_per_second;
};

void report(benchmark::State& state, Churn& churn) {
  state.counters["changes_per_second"] = static_cast<double>(churn.changes()) / churn.seconds();
  churn.latencies().report(state, "change", churn.ns_per_tick());
}

void run_mixed(benchmark::State& state, Stage& stage, const MixedCase& mixed) {
  Subject& subject = stage.subject(mixed.engine, mixed.set, SIZE_MAX);
  if (const auto wrong = subject.difference(mixed.options))
    return state.SkipWithError(wrong->c_str());
  Session& session = subject.session(mixed.options, 0);
  const SubscriptionId bound{static_cast<std::uint32_t>(subject.workload().subscriptions().size())};
  const std::span<const Query> events = subject.events();
  std::size_t at = 0;
  for (auto _ : state) {
    Churn churn{subject.contestant(), subject.workload(), mixed.changes_per_second};
    Tally counted;
    Tally exact;
    const TickScale clock;
    const double window = std::chrono::duration<double>(stage.options().window).count();
    while (clock.elapsed_seconds() < window) {
      const std::size_t end = std::min(at + kSlice, events.size());
      counted += session.tally_below(events.subspan(at, end - at), bound);
      exact += subject.expected().tally(at, end);
      at = end == events.size() ? 0 : end;
    }
    state.SetIterationTime(clock.elapsed_seconds());
    churn.stop();
    state.SetItemsProcessed(static_cast<std::int64_t>(counted.events));
    report(state, churn);
    if (counted != exact)
      return state.SkipWithError("a subscription that nobody changed was missed or repeated");
  }
}

void register_case(Stage& stage, const MixedCase& mixed) {
  const std::string name = "Mixed/" + mixed.set + "/" + mixed.engine + mixed.label +
                           "/changes:" + std::to_string(mixed.changes_per_second);
  benchmark::RegisterBenchmark(
      name.c_str(), [&stage, mixed](benchmark::State& state) { run_mixed(state, stage, mixed); })
      ->UseManualTime()
      ->Iterations(1);
}

}  // namespace

void register_mixed(Stage& stage) {
  for (const std::size_t changes : {0U, 1'000U, 10'000U, 100'000U}) {
    // A batch of 1 is what a caller with one event at a time has: for the trie, a lock each.
    for (const std::size_t batch : {16U, 1U}) {
      const std::string label = "/batch:" + std::to_string(batch);
      for (const std::string set : {"w1", "w2u", "w3"})
        register_case(stage, {set, "locked_trie", label, {.batch = batch}, changes});
      for (const std::string set : {"w1", "w2u", "w3s"}) {
        register_case(stage, {set, "sluice", "/cache:off" + label, {.batch = batch}, changes});
        register_case(
            stage,
            {set, "sluice", "/cache:on" + label, {.is_cached = true, .batch = batch}, changes});
      }
    }
  }
}

}  // namespace sluice::bench
