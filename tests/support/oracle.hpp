// What the engine must answer, by the slowest and plainest means: every pattern of the scope is
// split and compared with the split name. Nothing here is clever, so that it can be believed.
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sluice/matcher.hpp"

namespace sluice::testkit {

/// The segments of `text`: the parts between its dots, empty ones included.
std::vector<std::string> split_segments(std::string_view text);

/// Whether a pattern covers a name, by the definition of `*` and `**`. A malformed one of either
/// covers nothing.
/// Complexity: O(pattern segments x name segments).
bool covers(std::string_view pattern, std::string_view name);

/// A Matcher and its Reader in one, obviously right.
/// Thread safety: one thread at a time.
class Oracle {
 public:
  /// As Matcher::put.
  bool put(SubscriptionId id, std::string_view scope, std::span<const Pattern> patterns);
  bool put(SubscriptionId id, std::string_view scope, std::span<const std::string> patterns);

  /// As Matcher::remove.
  bool remove(SubscriptionId id);

  /// As Reader::match, but in rising order of ids.
  std::vector<SubscriptionId> match(std::string_view name, std::string_view scope = {}) const;

  /// Ids that hold patterns now.
  std::size_t size() const noexcept { return scopes_.size(); }

 private:
  using Segments = std::vector<std::string>;
  using Webhooks = std::map<SubscriptionId, std::vector<Segments>>;

  std::map<std::string, Webhooks, std::less<>> webhooks_;  // by scope
  std::map<SubscriptionId, std::string> scopes_;           // of each id
};

/// A copy of `ids` in rising order, duplicates kept: G4 is for the test to judge.
std::vector<SubscriptionId> sorted(std::span<const SubscriptionId> ids);

}  // namespace sluice::testkit
