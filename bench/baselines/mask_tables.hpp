// Baseline: one absl::flat_hash_map for each shape of pattern (where its wildcards stand), probed
// with the name's segments at the literal places. A different idea from a trie, which makes it
// the reference for the answers of every other engine.
#pragma once

#include <absl/container/flat_hash_map.h>

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "bench/baselines/linear_scan.hpp"
#include "bench/baselines/segments.hpp"
#include "sluice/matcher.hpp"

namespace sluice::bench {

/// Thread safety: none while it changes; any number of readers else.
class MaskTables {
 public:
  void add(SubscriptionId id, const Pattern& pattern);
  void remove(SubscriptionId id, const Pattern& pattern);
  void match(std::string_view name, std::vector<SubscriptionId>& ids) const;
  std::size_t index_bytes() const;

 private:
  struct Table {
    std::string mask;            // a letter a segment: 'l' literal, '*' one, '#' any number
    std::size_t tail_from = 0;   // the place of the '#', or the number of segments
    std::size_t tail_width = 0;  // segments after the '#'
    bool has_any = false;
    absl::flat_hash_map<std::string, std::vector<SubscriptionId>> ids;  // by the literals, joined
  };

  static std::string mask_of(const Segments& segments);
  Table& table_for(const std::string& mask);

  std::vector<Table> tables_;
  absl::flat_hash_map<std::string, std::size_t> table_of_mask_;
  std::array<std::vector<std::size_t>, kMaxSegments + 1> tables_of_size_;  // that fit such a name
  LinearScan many_any_;      // patterns with two `**` or more have no fixed places: scanned
  std::vector<bool> seen_;   // ids that hold a pattern
  bool may_repeat_ = false;  // an id holds several patterns: answers need deduplication
};

}  // namespace sluice::bench
