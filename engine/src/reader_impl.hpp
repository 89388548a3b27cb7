// One thread's matching: a group of events at a time through scopes, cache, names and tries, and out
// again. Each stage is done for the whole group, and asks for the lines that the next one needs.
#pragma once

#include <array>

#include "answer_buffer.hpp"
#include "matcher_impl.hpp"
#include "resolved_cache.hpp"
#include "scope_runs.hpp"
#include "walk.hpp"

namespace sluice::internal {

class ReaderImpl {
 public:
  ReaderImpl(const MatcherImpl& matcher, ReaderOptions options)
      : matcher_(matcher), cache_(options.cache_bytes) {}

  const MatchedBatch& match(std::span<const Query> queries);

 private:
  struct Event {
    NameKey key;  // its hash is the text's own until the scope is known
    const ScopeRun* run;
    std::uint64_t cache_hash;
    Word bucket;
    const NameEntry* name;
    Word subscribers;                       // of the name itself
    std::span<const std::uint32_t> answer;  // of an event that is not open
    std::uint32_t only_id;                  // what `answer` may consist of
    bool is_open;                           // it takes more than one array to answer it
    bool is_walked;                         // in a scope that has wildcards
    bool is_lasting;                        // the answer holds for as long as the stamp does
  };

  void match_group(std::span<const Query> queries, std::size_t* ends);
  void find_scopes(std::span<const Query> queries);
  void ask_cache();
  void tell_cache(std::size_t begin, const std::size_t* ends);
  void find_names();
  void answer_by_name(Event& event);
  void walk();
  void write(std::uint32_t index);
  void write_subscribers(std::uint32_t index, Word subscribers, bool& may_repeat);
  bool is_current(std::uint32_t index, const Webhook& version);

  const MatcherImpl& matcher_;
  ResolvedCache cache_;
  ScopeRuns runs_;
  Walk walk_;
  std::span<Event> group_;
  MatchedBatch batch_;
  AnswerBuffer answers_{batch_.ids_};
  std::array<Event, Walk::kGroup> events_;
  std::array<Segments, Walk::kGroup> segments_;
};

static_assert(ScopeRuns::kMost >= Walk::kGroup);

}  // namespace sluice::internal
