// One thread's matching: a group of events at a time through the cache, the tries, and out again.
#pragma once

#include <array>

#include "matcher_impl.hpp"
#include "resolved_cache.hpp"
#include "walk.hpp"

namespace sluice::internal {

class ReaderImpl {
 public:
  ReaderImpl(const MatcherImpl& matcher, ReaderOptions options)
      : matcher_(matcher), cache_(options.cache_bytes) {}

  const MatchedBatch& match(std::span<const Query> queries);

 private:
  struct Event {
    Segments segments;
    Scope* scope;
    std::uint64_t stamp;
    std::uint64_t hash;
    ResolvedCache::Found found;
    bool is_walked;
  };

  void match_group(std::span<const Query> queries);
  void prepare(Event& event, const Query& query);
  void walk_unknown(std::span<Event> group);
  void write(Event& event, std::uint32_t index);
  void write_subscribers(Event& event, Word subscribers, bool& may_repeat);
  bool is_current(Event& event, const Webhook& version);
  void append(std::span<const std::uint32_t> ids);
  void drop_doubles(std::size_t begin);

  const MatcherImpl& matcher_;
  ResolvedCache cache_;
  Walk walk_;
  std::array<Event, Walk::kGroup> events_;
  std::string_view scope_text_;  // of the event before, inside one group
  Scope* scope_ = nullptr;
  MatchedBatch batch_;
  std::size_t size_ = 0;  // ids in batch_ that are in use
};

}  // namespace sluice::internal
