// Baseline and oracle: every pattern is compared with the name, one after the other. It is slow and
// there is nothing in it to get wrong; the faster references are checked against it on a sample.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "bench/baselines/segments.hpp"
#include "sluice/matcher.hpp"

namespace sluice::bench {

/// Whether the pattern covers the name. Complexity: O(segments of one x segments of the other).
bool covers(const Segments& pattern, const Segments& name);

/// Thread safety: none while it changes; any number of readers else.
class LinearScan {
 public:
  void add(SubscriptionId id, const Pattern& pattern);
  void remove(SubscriptionId id, const Pattern& pattern);
  void match(std::string_view name, std::vector<SubscriptionId>& ids) const;
  std::size_t index_bytes() const;
  std::size_t size() const noexcept { return entries_.size(); }

 private:
  struct Entry {
    SubscriptionId id;
    std::string pattern;
  };
  std::vector<Entry> entries_;
};

}  // namespace sluice::bench
