// Baseline: what a good engineer writes in an afternoon. A trie whose nodes hold a
// std::unordered_map of segments, behind one std::shared_mutex.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <shared_mutex>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "bench/baselines/segments.hpp"
#include "bench/workload/workload.hpp"
#include "sluice/matcher.hpp"

namespace sluice::bench {

/// Thread safety: every member, from any thread; readers share the lock, writers exclude all.
class LockedTrie {
 public:
  void add(SubscriptionId id, const Pattern& pattern);
  void remove(SubscriptionId id, const Pattern& pattern);
  /// One lock for both, so that a reader sees all of the change.
  void replace(SubscriptionId id, std::span<const Pattern> old_patterns,
               std::span<const Pattern> patterns);

  /// Matches `events` under one shared lock and gives each answer to `sink(index, ids)`.
  template <class Sink>
  void match(std::span<const Query> events, std::vector<SubscriptionId>& ids, Sink&& sink) const {
    const std::shared_lock lock{mutex_};
    for (std::size_t i = 0; i < events.size(); ++i) {
      ids.clear();
      match_locked(events[i].name, ids);
      sink(i, std::span<const SubscriptionId>{ids});
    }
  }

  std::size_t index_bytes() const;

 private:
  struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const noexcept {
      return std::hash<std::string_view>{}(text);
    }
  };
  struct Node;
  using Children =
      std::unordered_map<std::string, std::unique_ptr<Node>, TextHash, std::equal_to<>>;
  struct Node {
    Children literals;
    std::unique_ptr<Node> one;  // `*`
    std::unique_ptr<Node> any;  // `**`
    std::vector<SubscriptionId> ids;

    bool is_empty() const { return literals.empty() && !one && !any && ids.empty(); }
  };

  void add_locked(SubscriptionId id, const Pattern& pattern);
  void remove_locked(SubscriptionId id, const Pattern& pattern);
  static void erase(Node& node, const Segments& segments, std::size_t depth, SubscriptionId id);
  static void walk(const Node& node, const Segments& segments, std::size_t depth,
                   std::vector<SubscriptionId>& ids);
  static std::size_t bytes_below(const Node& node);
  void match_locked(std::string_view name, std::vector<SubscriptionId>& ids) const;

  mutable std::shared_mutex mutex_;
  Node root_;
  std::vector<bool> seen_;   // ids that have held a pattern
  bool may_repeat_ = false;  // an answer may hold an id twice: it needs deduplication
};

/// A Session's walk: one shared lock a batch.
class LockedTrieWalk {
 public:
  LockedTrieWalk(const LockedTrie& trie, std::size_t batch) : trie_{trie}, batch_{batch} {}

  template <class Sink>
  void each(std::span<const Query> events, Sink sink) {
    for (std::size_t from = 0; from < events.size(); from += batch_) {
      const auto group = events.subspan(from, std::min(batch_, events.size() - from));
      trie_.match(group, ids_, [&](std::size_t i, auto ids) { sink(from + i, ids); });
    }
  }

 private:
  const LockedTrie& trie_;
  const std::size_t batch_;
  std::vector<SubscriptionId> ids_;
};

}  // namespace sluice::bench
