// START HERE. Matcher holds subscriptions and changes while it is read; Reader finds, on one
// thread, the subscriptions that an event name reaches.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "sluice/pattern.hpp"

namespace sluice {

namespace internal {
class MatcherImpl;
class ReaderImpl;
}  // namespace internal

/// The caller's number for one webhook. Choose small, dense numbers: the directory of ids costs
/// 8 bytes for each number of a block of 64 of which any is in use, and more for scattered ones.
enum class SubscriptionId : std::uint32_t {};

struct MatcherOptions {
  /// Seeds the hash of segments and names. A service that strangers may subscribe to gives a random
  /// one.
  std::uint64_t hash_seed = 0x9E3779B97F4A7C15U;
};

struct MatcherStats {
  std::size_t subscriptions = 0;  // ids that hold patterns now
  std::size_t index_bytes = 0;    // everything that is allocated, what awaits release included
  std::size_t pending_bytes = 0;  // of those, what awaits release until no Reader can see it
};

/// The subscriptions that events are matched against: webhook ids, each with a scope (its
/// organisation; the empty text is a scope like any other) and patterns.
/// Thread safety: every member, from any thread. Writers are lock-free and never delay a Reader
/// (G6).
class Matcher {
 public:
  explicit Matcher(MatcherOptions options = {});
  ~Matcher();  // no Reader may outlive it
  Matcher(const Matcher&) = delete;
  Matcher& operator=(const Matcher&) = delete;

  /// Makes `patterns`, in `scope`, all that `id` is subscribed to, as one change (G1), whatever it
  /// held before. True: the id held nothing before. No patterns: the same as remove(). Complexity:
  /// O(segments) expected for each old and new pattern. Errors: std::bad_alloc, std::length_error
  /// (more than 65,535 patterns, or a scope of more than 255 bytes); then nothing has changed.
  bool put(SubscriptionId id, std::string_view scope, std::span<const Pattern> patterns);
  bool put(SubscriptionId id, std::string_view scope, std::initializer_list<Pattern> patterns) {
    return put(id, scope, std::span<const Pattern>{patterns.begin(), patterns.size()});
  }

  /// Ends the subscription as one change (G1). False: the id held nothing.
  /// Memory returns once no Reader can still see it (G5).
  bool remove(SubscriptionId id);

  /// Complexity: O(1). The figures are exact when nothing is changing.
  MatcherStats stats() const noexcept;

 private:
  friend class Reader;
  friend class internal::MatcherImpl;
  std::unique_ptr<internal::MatcherImpl> impl_;
};

/// One event to be matched. Lifetime: the texts must live for the call that takes the Query.
struct Query {
  std::string_view name;
  std::string_view scope = {};
};

/// What a batch of events reaches: for each Query, in order, the ids, each once, in no order (G4).
class MatchedBatch {
 public:
  std::size_t size() const noexcept { return ends_.size(); }
  std::span<const SubscriptionId> operator[](std::size_t event) const noexcept {
    const std::size_t begin = event == 0 ? 0 : ends_[event - 1];
    return {ids_.data() + begin, ends_[event] - begin};
  }
  /// The ids of all events, one after the other.
  std::span<const SubscriptionId> ids() const noexcept {
    return {ids_.data(), ends_.empty() ? 0 : ends_.back()};
  }

 private:
  friend class internal::ReaderImpl;
  std::vector<SubscriptionId> ids_;  // room; ends_ says how much of it is in use
  std::vector<std::size_t> ends_;
};

struct ReaderOptions {
  /// Bound of the cache of resolved names, in bytes. 0 switches it off.
  std::size_t cache_bytes = std::size_t{32} << 20U;
};

/// One thread's window on a Matcher. Make it once and keep it.
/// Thread safety: one thread at a time.
class Reader {
 public:
  explicit Reader(const Matcher& matcher, ReaderOptions options = {});
  ~Reader();
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;

  /// Subscriptions of `scope` with a pattern that covers `event_name`: each id once, in no order
  /// (G1-G4). A malformed name reaches nobody. Complexity: O(segments x wildcard branches + hits),
  /// wait-free (G6). Lifetime: the result lives until the next match() or the Reader's end. Errors:
  /// std::bad_alloc, only when a result is longer than every earlier one.
  std::span<const SubscriptionId> match(std::string_view event_name, std::string_view scope = {});

  /// The same for many events at once: several walks are interleaved, so that their cache misses
  /// overlap (bench/match.cpp prices it).
  const MatchedBatch& match(std::span<const Query> queries);

 private:
  std::unique_ptr<internal::ReaderImpl> impl_;
};

}  // namespace sluice
