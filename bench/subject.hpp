// An engine that is loaded with a workload and proves its answers before it may be timed.
#pragma once

#include <benchmark/benchmark.h>

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <tuple>

#include "bench/contestant.hpp"
#include "bench/expected_answers.hpp"

namespace sluice::bench {

/// Thread safety: every member, from any thread.
class Subject {
 public:
  /// Loads `workload` into `contestant`; only the first `event_limit` events are used, for engines
  /// that would need hours for all.
  Subject(std::unique_ptr<Contestant> contestant, std::shared_ptr<const Workload> workload,
          std::shared_ptr<const ExpectedAnswers> expected, std::size_t event_limit = SIZE_MAX);

  std::span<const Query> events() const noexcept { return events_; }
  const Workload& workload() const noexcept { return *workload_; }
  /// For families that change the index and put it back.
  Contestant& contestant() noexcept { return *contestant_; }
  const ExpectedAnswers& expected() const noexcept { return *expected_; }
  double bytes_per_subscription() const noexcept { return bytes_per_subscription_; }

  /// What is wrong with the answers, over all events(); nothing when every one is right. The first
  /// call with some options does the work.
  std::optional<std::string> difference(const SessionOptions& options);

  /// The session of one thread. It is kept, so that what it caches stays warm from run to run.
  Session& session(const SessionOptions& options, int thread);

 private:
  using Key = std::tuple<bool, std::size_t, int>;  // is_cached, batch, thread

  std::mutex mutex_;
  const std::unique_ptr<Contestant> contestant_;
  const std::shared_ptr<const Workload> workload_;
  const std::shared_ptr<const ExpectedAnswers> expected_;
  const std::span<const Query> events_;
  double bytes_per_subscription_ = 0;
  std::map<Key, std::unique_ptr<Session>> sessions_;
  std::map<Key, std::optional<std::string>> differences_;
};

/// The timed loop: refuses a subject with a wrong answer, matches its events in slices of at most
/// `slice` an iteration, round and round, and refuses the timing if the tallies were wrong.
void time_matching(benchmark::State& state, Subject& subject, const SessionOptions& options,
                   std::size_t slice);

}  // namespace sluice::bench
