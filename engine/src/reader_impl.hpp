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
    bool is_lasting;  // its result holds for as long as the stamp does
  };

  void match_group(std::span<const Query> queries);
  void prepare(Event& event, const Query& query);
  void walk_unknown(std::span<Event> group);
  void write(Event& event, std::uint32_t index);
  void write_subscribers(Event& event, Word subscribers, bool& may_repeat);
  bool is_current(Event& event, const Webhook& version);
  void append(std::span<const std::uint32_t> ids);
  void drop_doubles(std::size_t begin);
  bool may_have_doubles(std::span<const SubscriptionId> ids) noexcept;

  static constexpr unsigned kFilterBits = 14;
  static constexpr std::size_t kMaxFiltered = 512;  // beyond, the filter is full of false alarms

  const MatcherImpl& matcher_;
  ResolvedCache cache_;
  Walk walk_;
  std::array<Event, Walk::kGroup> events_;
  bool has_scope_ = false;  // the next two are those of the event before, in one group
  std::string_view scope_text_;
  Scope* scope_ = nullptr;
  MatchedBatch batch_;
  std::array<std::uint64_t, (std::size_t{1} << kFilterBits) / 64> filter_{};  // all 0 between uses
  std::size_t size_ = 0;  // ids in batch_ that are in use
};

}  // namespace sluice::internal
