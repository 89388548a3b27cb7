#include "bench/subject.hpp"

#include <algorithm>
#include <utility>

namespace sluice::bench {

Subject::Subject(std::unique_ptr<Contestant> contestant, std::shared_ptr<const Workload> workload,
                 std::shared_ptr<const ExpectedAnswers> expected, std::size_t event_limit)
    : contestant_{std::move(contestant)},
      workload_{std::move(workload)},
      expected_{std::move(expected)},
      events_{
          std::span{workload_->events()}.first(std::min(event_limit, workload_->events().size()))} {
  load(*contestant_, *workload_);
  bytes_per_subscription_ = static_cast<double>(contestant_->index_bytes()) /
                            static_cast<double>(workload_->subscriptions().size());
}

std::optional<std::string> Subject::difference(const SessionOptions& options) {
  Session& checked = session(options, 0);
  const std::lock_guard lock{mutex_};
  const auto [found, is_new] = differences_.try_emplace({options.is_cached, options.batch, 0});
  if (is_new) found->second = expected_->difference(checked, events_);
  return found->second;
}

Session& Subject::session(const SessionOptions& options, int thread) {
  const std::lock_guard lock{mutex_};
  auto& session = sessions_[{options.is_cached, options.batch, thread}];
  if (!session) session = contestant_->open(options);
  return *session;
}

void time_matching(benchmark::State& state, Subject& subject, const SessionOptions& options,
                   std::size_t slice) {
  if (const auto wrong = subject.difference(options)) {
    state.SkipWithError(wrong->c_str());
    return;
  }
  Session& session = subject.session(options, state.thread_index());
  const std::span<const Query> events = subject.events();
  // Threads start apart, so that they do not warm the caches for one another.
  std::size_t at = events.size() * static_cast<std::size_t>(state.thread_index()) /
                   static_cast<std::size_t>(state.threads());
  Tally counted;
  Tally exact;
  for (auto _ : state) {
    const std::size_t end = std::min(at + slice, events.size());
    counted += session.tally(events.subspan(at, end - at));
    exact += subject.expected().tally(at, end);
    at = end == events.size() ? 0 : end;
  }
  if (counted != exact) {
    state.SkipWithError("the answers changed while they were timed");
    return;
  }
  const auto count = static_cast<double>(counted.events);
  state.SetItemsProcessed(static_cast<std::int64_t>(counted.events));
  state.counters["ns_per_event"] =
      benchmark::Counter(count * 1e-9, benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
  const Tally all = subject.expected().tally(0, events.size());
  const auto average = benchmark::Counter::kAvgThreads;
  state.counters["hits_per_event"] =
      benchmark::Counter(static_cast<double>(all.hits) / static_cast<double>(all.events), average);
  state.counters["id_sum"] = benchmark::Counter(static_cast<double>(all.id_sum), average);
  state.counters["bytes_per_subscription"] =
      benchmark::Counter(subject.bytes_per_subscription(), average);
}

}  // namespace sluice::bench
