// What a benchmark asks of every engine, ours and the baselines alike, so that all are loaded,
// checked and timed by the same code.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "bench/workload/workload.hpp"
#include "sluice/matcher.hpp"

namespace sluice::bench {

/// The digest of one answer: the number of its ids, and a sum of their hashes that does not depend
/// on their order. An id that is missing, wrong or given twice changes it.
struct AnswerDigest {
  std::uint64_t hits = 0;
  std::uint64_t mixed_sum = 0;

  friend bool operator==(const AnswerDigest&, const AnswerDigest&) = default;
};
AnswerDigest digest_of(std::span<const SubscriptionId> ids) noexcept;

/// What the timed loop counts.
struct Tally {
  std::uint64_t events = 0;
  std::uint64_t hits = 0;
  std::uint64_t id_sum = 0;

  Tally& operator+=(const Tally& other) noexcept {
    events += other.events;
    hits += other.hits;
    id_sum += other.id_sum;
    return *this;
  }
  friend bool operator==(const Tally&, const Tally&) = default;
};

struct SessionOptions {
  bool is_cached = false;  // our resolved-name cache; the baselines have none
  std::size_t batch = 16;  // names a call; 1 is the single-name call
};

/// One thread's way to match. Thread safety: one thread at a time.
class Session {
 public:
  virtual ~Session() = default;
  /// The timed call: matches every event and looks at every id.
  virtual Tally tally(std::span<const Query> events) = 0;
  /// The same, but counts only ids below `bound`: what stays while others come and go.
  virtual Tally tally_below(std::span<const Query> events, SubscriptionId bound) = 0;
  /// The same walk, for the check before the timing: one digest an event.
  virtual void digest(std::span<const Query> events, std::vector<AnswerDigest>& into) = 0;
};

/// An engine. Thread safety: add, remove and replace as the engine has it; open() from any thread.
class Contestant {
 public:
  virtual ~Contestant() = default;
  virtual void add(SubscriptionId id, const Subscription& subscription) = 0;
  virtual void remove(SubscriptionId id, const Subscription& subscription) = 0;
  /// Makes `patterns` all that `id` holds in `scope`, where it held `old_patterns`.
  virtual void replace(SubscriptionId id, std::string_view scope,
                       std::span<const Pattern> old_patterns, std::span<const Pattern> patterns);
  /// Called once between the last add and the first open, for engines that are built as a whole.
  virtual void finish_loading() {}
  virtual std::unique_ptr<Session> open(const SessionOptions& options) = 0;
  /// What the index holds, without the texts of the workload.
  virtual std::size_t index_bytes() const = 0;
};

/// Adds every subscription of `workload`, and finishes the loading.
void load(Contestant& contestant, const Workload& workload);

/// "sluice", "locked_trie", "mask_tables", "frozen_trie", "linear_scan", "re2_set", "hyperscan".
/// Errors: std::invalid_argument for another name.
std::unique_ptr<Contestant> make_contestant(std::string_view engine);

/// A Session over a Walk with `void each(std::span<const Query>, sink)`, where the sink takes the
/// index of the event and its ids. Timing and checking share that one walk.
template <class Walk>
class SessionOf final : public Session {
 public:
  template <class... Args>
  explicit SessionOf(Args&&... args) : walk_{std::forward<Args>(args)...} {}

  Tally tally(std::span<const Query> events) override {
    Tally tally{.events = events.size()};
    walk_.each(events, [&](std::size_t, std::span<const SubscriptionId> ids) {
      tally.hits += ids.size();
      for (const SubscriptionId id : ids) tally.id_sum += static_cast<std::uint32_t>(id);
    });
    return tally;
  }

  Tally tally_below(std::span<const Query> events, SubscriptionId bound) override {
    Tally tally{.events = events.size()};
    walk_.each(events, [&](std::size_t, std::span<const SubscriptionId> ids) {
      for (const SubscriptionId id : ids) {
        tally.hits += id < bound ? 1U : 0U;
        tally.id_sum += id < bound ? static_cast<std::uint32_t>(id) : 0U;
      }
    });
    return tally;
  }

  void digest(std::span<const Query> events, std::vector<AnswerDigest>& into) override {
    into.assign(events.size(), {});
    walk_.each(events, [&](std::size_t event, std::span<const SubscriptionId> ids) {
      into[event] = digest_of(ids);
    });
  }

 private:
  Walk walk_;
};

/// The walk of a baseline: `index.match(name, ids)` appends to a kept vector, a name at a time.
template <class Index>
class VectorWalk {
 public:
  explicit VectorWalk(const Index& index) : index_{index} {}

  template <class Sink>
  void each(std::span<const Query> events, Sink sink) {
    for (std::size_t i = 0; i < events.size(); ++i) {
      ids_.clear();
      index_.match(events[i].name, ids_);
      sink(i, ids_);
    }
  }

 private:
  const Index& index_;
  std::vector<SubscriptionId> ids_;
};

}  // namespace sluice::bench
