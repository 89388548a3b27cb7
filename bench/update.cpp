// Update: what it costs to add every subscription of a workload, to remove them all, and to replace
// the patterns of webhooks that hold several; in all, and each call by itself.
#include <algorithm>
#include <functional>
#include <numeric>
#include <random>
#include <string>
#include <thread>

#include "bench/baselines/mask_tables.hpp"
#include "bench/latencies.hpp"
#include "bench/stage.hpp"

namespace sluice::bench {

namespace {

constexpr std::size_t kCheckedEvents = 20'000;
constexpr std::size_t kPatternsOfWebhook = 5;

using Change = std::function<void(std::size_t)>;  // of subscription or webhook number i

/// Calls `change` for every number below `count`, shared among the threads; gives the seconds.
double run_all(std::size_t writers, std::size_t count, const Change& change) {
  const TickScale clock;
  std::vector<std::jthread> others;
  const auto part = [&](std::size_t writer) {
    for (std::size_t i = writer; i < count; i += writers) change(i);
  };
  for (std::size_t writer = 1; writer < writers; ++writer) others.emplace_back(part, writer);
  part(0);
  others.clear();
  return clock.elapsed_seconds();
}

/// The same with the time of each call, on one thread.
double time_each(benchmark::State& state, std::size_t count, const Change& change) {
  Latencies latencies{count};
  const TickScale clock;
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint64_t start = now_ticks();
    change(i);
    latencies.add(now_ticks() - start);
  }
  const double seconds = clock.elapsed_seconds();
  latencies.report(state, "call", clock.ns_per_tick());
  return seconds;
}

struct UpdateCase {
  std::string set;
  std::string engine;
  std::size_t writers;  // 0: one, and each call is timed by itself
};

double run_changes(benchmark::State& state, const UpdateCase& update, std::size_t count,
                   const Change& change) {
  const double seconds = update.writers == 0 ? time_each(state, count, change)
                                             : run_all(update.writers, count, change);
  state.SetIterationTime(seconds);
  state.SetItemsProcessed(state.items_processed() + static_cast<std::int64_t>(count));
  state.counters["ns_per_change"] = seconds * 1e9 / static_cast<double>(count);
  return seconds;
}

std::span<const Query> checked_events(const Workload& workload) {
  return std::span{workload.events()}.first(std::min(kCheckedEvents, workload.events().size()));
}

void run_add(benchmark::State& state, Stage& stage, const UpdateCase& update) {
  const auto workload = stage.workload(update.set);
  const auto& subscriptions = workload->subscriptions();
  for (auto _ : state) {
    const auto contestant = make_contestant(update.engine);
    run_changes(state, update, subscriptions.size(), [&](std::size_t i) {
      contestant->add(SubscriptionId{static_cast<std::uint32_t>(i)}, subscriptions[i]);
    });
    contestant->finish_loading();
    const auto session = contestant->open({});
    if (const auto wrong =
            stage.expected(update.set)->difference(*session, checked_events(*workload)))
      return state.SkipWithError(wrong->c_str());
    state.counters["bytes_per_subscription"] =
        static_cast<double>(contestant->index_bytes()) / static_cast<double>(subscriptions.size());
  }
}

void run_remove(benchmark::State& state, Stage& stage, const UpdateCase& update) {
  const auto workload = stage.workload(update.set);
  const auto& subscriptions = workload->subscriptions();
  std::vector<std::uint32_t> order(subscriptions.size());
  std::iota(order.begin(), order.end(), 0U);
  std::shuffle(order.begin(), order.end(), std::mt19937_64{stage.options().seed});
  for (auto _ : state) {
    const auto contestant = make_contestant(update.engine);
    load(*contestant, *workload);
    const std::size_t full = contestant->index_bytes();
    run_changes(state, update, order.size(), [&](std::size_t i) {
      contestant->remove(SubscriptionId{order[i]}, subscriptions[order[i]]);
    });
    if (contestant->open({})->tally(checked_events(*workload)).hits != 0)
      return state.SkipWithError("a removed subscription is still matched");
    state.counters["bytes_left_share"] =
        static_cast<double>(contestant->index_bytes()) / static_cast<double>(full);
  }
}

/// Whether webhook i holds the patterns of `patterns_of(i)`, judged by the answers to `events`.
template <class PatternsOf>
bool holds(Contestant& contestant, std::span<const Query> events, std::size_t webhooks,
           PatternsOf patterns_of) {
  MaskTables reference;
  for (std::size_t i = 0; i < webhooks; ++i)
    for (const Pattern& pattern : patterns_of(i))
      reference.add(SubscriptionId{static_cast<std::uint32_t>(i)}, pattern);
  std::vector<AnswerDigest> answers;
  contestant.open({})->digest(events, answers);
  std::vector<SubscriptionId> ids;
  return std::equal(answers.begin(), answers.end(), events.begin(), events.end(),
                    [&](const AnswerDigest& answer, const Query& event) {
                      ids.clear();
                      reference.match(event.name, ids);
                      return answer == digest_of(ids);
                    });
}

void run_replace(benchmark::State& state, Stage& stage, const UpdateCase& update) {
  const auto workload = stage.workload(update.set);
  std::vector<Pattern> patterns;
  for (const Subscription& subscription : workload->subscriptions())
    patterns.push_back(subscription.pattern);
  const std::size_t webhooks = patterns.size() / kPatternsOfWebhook;
  const auto patterns_of = [&](std::size_t webhook) {
    return std::span{patterns}.subspan(webhook % webhooks * kPatternsOfWebhook, kPatternsOfWebhook);
  };
  for (auto _ : state) {
    const auto contestant = make_contestant(update.engine);
    for (std::size_t i = 0; i < webhooks; ++i)
      contestant->replace(SubscriptionId{static_cast<std::uint32_t>(i)}, {}, {}, patterns_of(i));
    run_changes(state, update, webhooks, [&](std::size_t i) {
      contestant->replace(SubscriptionId{static_cast<std::uint32_t>(i)}, {}, patterns_of(i),
                          patterns_of(i + 1));
    });
    if (!holds(*contestant, checked_events(*workload), webhooks,
               [&](std::size_t i) { return patterns_of(i + 1); }))
      return state.SkipWithError("the answers after the replacement are wrong");
  }
}

using Run = void (*)(benchmark::State&, Stage&, const UpdateCase&);

void register_case(Stage& stage, const char* verb, Run run, const UpdateCase& update) {
  const std::string name =
      std::string{"Update/"} + verb + "/" + update.set + "/" + update.engine +
      (update.writers == 0 ? "/each" : "/writers:" + std::to_string(update.writers));
  benchmark::RegisterBenchmark(
      name.c_str(), [&stage, run, update](benchmark::State& state) { run(state, stage, update); })
      ->UseManualTime()
      ->Iterations(1);
}

}  // namespace

void register_update(Stage& stage) {
  for (const std::string engine : {"sluice", "locked_trie"}) {
    // With scopes for us; the baseline knows none, and has them as first segments.
    for (const std::string set : {"w1", "w2u", engine == "sluice" ? "w3s" : "w3"}) {
      for (const std::size_t writers : {0U, 1U, 2U}) {
        register_case(stage, "add", run_add, {set, engine, writers});
        register_case(stage, "remove", run_remove, {set, engine, writers});
        if (set == "w1" || set == "w2u")
          register_case(stage, "replace_5_patterns", run_replace, {set, engine, writers});
      }
    }
  }
}

}  // namespace sluice::bench
