// Visibility: how long after the start of an add another thread's match sees it, and that the first
// match after the add has returned always does (G2).
//
// Roles:      the writer adds webhook after webhook; the reader matches the name of the newest
//             until it sees it.
// Invariants: I1 the writer begins a webhook only after the reader is done with the one before.
// Progress:   both spin, each until the other is done.
// Frees:      nothing.
#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "bench/latencies.hpp"
#include "bench/stage.hpp"

namespace sluice::bench {

namespace {

class Trials {
 public:
  Trials(Contestant& contestant, std::size_t first_id, std::size_t count)
      : contestant_{contestant} {
    for (std::size_t i = 0; i < count; ++i) {
      names_.push_back("visibility.trial." + std::to_string(i));
      ids_.push_back(SubscriptionId{static_cast<std::uint32_t>(first_id + i)});
    }
  }

  /// On the writer's thread. Gives when each add began.
  void write(std::vector<std::uint64_t>& begun) {
    for (std::size_t i = 0; i < names_.size(); ++i) {
      // sync[visibility_wait] acquire -> visibility_done: the trial before is over (I1).
      while (done_.load(std::memory_order_acquire) < i) std::this_thread::yield();
      begun[i] = now_ticks();
      contestant_.add(ids_[i], {{}, *Pattern::parse(names_[i])});
      // sync[visibility_added] release -> visibility_look: the add has returned by now.
      added_.store(i + 1, std::memory_order_release);
    }
  }

  /// On the reader's thread. Gives when each was first seen, and how many were missed by a match
  /// that began after the add had returned.
  std::size_t read(Session& session, std::vector<std::uint64_t>& seen) {
    std::size_t missed = 0;
    for (std::size_t i = 0; i < names_.size(); ++i) {
      const Query query{names_[i]};
      for (bool is_over = false; !is_over;) {
        // sync[visibility_look] acquire -> visibility_added: whoever reads it must see the add.
        const bool has_returned = added_.load(std::memory_order_acquire) > i;
        const bool is_seen = session.tally({&query, 1}).hits == 1;
        missed += has_returned && !is_seen ? 1U : 0U;
        is_over = has_returned || is_seen;
      }
      seen[i] = now_ticks();
      // sync[visibility_done] release -> visibility_wait: this trial is over (I1).
      done_.store(i + 1, std::memory_order_release);
    }
    return missed;
  }

  void undo() {
    for (std::size_t i = 0; i < names_.size(); ++i)
      contestant_.remove(ids_[i], {{}, *Pattern::parse(names_[i])});
  }

 private:
  Contestant& contestant_;
  std::vector<std::string> names_;
  std::vector<SubscriptionId> ids_;
  alignas(64) std::atomic<std::size_t> added_{0};  // written by the writer, read by the reader
  alignas(64) std::atomic<std::size_t> done_{0};   // written by the reader, read by the writer
};

void run_visibility(benchmark::State& state, Stage& stage, const std::string& engine,
                    const std::string& set) {
  Subject& subject = stage.subject(engine, set, SIZE_MAX);
  Session& session = subject.session({.batch = 1}, 0);
  const std::size_t trial_count = stage.scaled(2'000, 20);
  for (auto _ : state) {
    Trials trials{subject.contestant(), subject.workload().subscriptions().size(), trial_count};
    std::vector<std::uint64_t> begun(trial_count);
    std::vector<std::uint64_t> seen(trial_count);
    const TickScale clock;
    std::jthread writer{[&] { trials.write(begun); }};
    const std::size_t missed = trials.read(session, seen);
    writer.join();
    state.SetIterationTime(clock.elapsed_seconds());
    Latencies latencies{trial_count};
    for (std::size_t i = 0; i < trial_count; ++i) latencies.add(seen[i] - begun[i]);
    latencies.report(state, "seen_after", clock.ns_per_tick());
    trials.undo();
    if (missed != 0)
      return state.SkipWithError("a match that began after an add had returned did not see it");
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(trial_count));
}

}  // namespace

void register_visibility(Stage& stage) {
  for (const std::string engine : {"sluice", "locked_trie"}) {
    const std::string name = "Visibility/w2u/" + engine;
    benchmark::RegisterBenchmark(
        name.c_str(),
        [&stage, engine](benchmark::State& state) { run_visibility(state, stage, engine, "w2u"); })
        ->UseManualTime()
        ->Iterations(1);
  }
}

}  // namespace sluice::bench
