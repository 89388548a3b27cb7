// The history of a race, and its judge. Writers note when a change began and ended, readers when a
// match did and what it answered; once the threads have joined, every answer is held against every
// state that its webhook can have had in between. No ranges: an answer is possible or it is wrong.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <cstdint>
#include <string>
#include <vector>

namespace sluice::race {

/// Real time, as one sequence of numbers. The additions are relaxed so that they order nothing that
/// the engine has to order itself (ThreadSanitizer would not miss what they hide); that a tick
/// taken later is a larger one holds on every processor whose atomic addition is a full barrier
/// (x86).
class Clock {
 public:
  std::uint64_t tick() noexcept {
    std::atomic_signal_fence(std::memory_order_seq_cst);
    const std::uint64_t now = ticks_.fetch_add(1, std::memory_order_relaxed);
    std::atomic_signal_fence(std::memory_order_seq_cst);
    return now;
  }

 private:
  std::atomic<std::uint64_t> ticks_{1};
};

using NameSet = std::uint32_t;  // a bit for each name of the workload
using IdSet = std::uint64_t;    // a bit for each id of the workload

/// What a webhook is subscribed to: the names that its patterns cover, in one scope.
struct State {
  unsigned scope = 0;
  NameSet names = 0;

  bool covers(unsigned in_scope, unsigned name) const noexcept {
    return scope == in_scope && ((names >> name) & 1U) != 0;
  }
};

/// One put() or remove() of one webhook.
struct Change {
  std::uint64_t began = 0;
  std::uint64_t ended = 0;
  State state;
};

/// One answer of a match.
struct Answer {
  std::uint64_t began = 0;
  std::uint64_t ended = 0;
  unsigned scope = 0;
  unsigned name = 0;
  IdSet ids = 0;
  bool has_double = false;
};

/// The changes of all webhooks. Every writer notes its own, so the judge needs no locks.
/// Thread safety: each writer from its own thread; everything else once they have joined.
class History {
 public:
  History(unsigned ids, unsigned writers) : changes_(ids) {
    for (auto& of_id : changes_) of_id.resize(writers);
    // Before everything else each webhook is subscribed to nothing.
    for (auto& of_id : changes_) of_id[0].push_back({});
  }

  void note(unsigned id, unsigned writer, const Change& change) {
    changes_[id][writer].push_back(change);
  }

  unsigned ids() const noexcept { return static_cast<unsigned>(changes_.size()); }

  /// The states that `id` can have had at some moment between `began` and `ended`.
  std::vector<State> possible(unsigned id, std::uint64_t began, std::uint64_t ended) const {
    // A change is out of the question once another one, that began after its end, has ended.
    std::uint64_t overwritten = 0;
    for (const std::vector<Change>& lane : changes_[id]) {
      const auto after = std::partition_point(
          lane.begin(), lane.end(), [&](const Change& change) { return change.ended < began; });
      if (after != lane.begin()) overwritten = std::max(overwritten, std::prev(after)->began);
    }
    std::vector<State> states;
    for (const std::vector<Change>& lane : changes_[id]) {
      auto at = std::partition_point(lane.begin(), lane.end(), [&](const Change& change) {
        return change.ended < overwritten;
      });
      for (; at != lane.end() && at->began < ended; ++at) states.push_back(at->state);
    }
    return states;
  }

  /// Why the answer cannot be, or nothing. Names the guarantee that it breaks.
  std::string verdict(const Answer& answer) const {
    if (answer.has_double) return "G4: an id is reported twice" + where(answer);
    for (unsigned id = 0; id < ids(); ++id) {
      const bool is_reported = ((answer.ids >> id) & 1U) != 0;
      const std::vector<State> states = possible(id, answer.began, answer.ended);
      const bool is_possible = std::ranges::any_of(states, [&](const State& state) {
        return state.covers(answer.scope, answer.name) == is_reported;
      });
      if (is_possible) continue;
      const std::string which = " (G1 to G3): id " + std::to_string(id) +
                                (states.size() == 1 ? ", settled" : ", in transition");
      return (is_reported ? "reported without any such state" : "missed in every state") + which +
             where(answer);
    }
    return {};
  }

 private:
  static std::string where(const Answer& answer) {
    return ", name " + std::to_string(answer.name) + " in scope " + std::to_string(answer.scope) +
           ", from " + std::to_string(answer.began) + " to " + std::to_string(answer.ended);
  }

  std::vector<std::vector<std::vector<Change>>> changes_;  // by id, by writer, in time
};

}  // namespace sluice::race
