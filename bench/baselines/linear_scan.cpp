#include "bench/baselines/linear_scan.hpp"

#include <algorithm>
#include <array>
#include <bitset>

namespace sluice::bench {

bool covers(const Segments& pattern, const Segments& name) {
  // Bit i: the pattern's segments so far can cover the first i segments of the name.
  std::bitset<kMaxSegments + 1> covered{1};
  for (std::size_t p = 0; p < pattern.size(); ++p) {
    std::bitset<kMaxSegments + 1> next;
    if (pattern[p] == "**") {
      std::size_t first = 0;
      while (first <= name.size() && !covered[first]) ++first;
      for (std::size_t i = first; i <= name.size(); ++i) next.set(i);
    } else {
      for (std::size_t i = 0; i < name.size(); ++i)
        if (covered[i] && (pattern[p] == "*" || pattern[p] == name[i])) next.set(i + 1);
    }
    if (next.none()) return false;
    covered = next;
  }
  return covered[name.size()];
}

void LinearScan::add(SubscriptionId id, const Pattern& pattern) {
  entries_.push_back({id, std::string{pattern.text()}});
}

void LinearScan::remove(SubscriptionId id, const Pattern& pattern) {
  std::erase_if(entries_, [&](const Entry& entry) {
    return entry.id == id && entry.pattern == pattern.text();
  });
}

void LinearScan::match(std::string_view name, std::vector<SubscriptionId>& ids) const {
  const Segments segments{name};
  const std::size_t before = ids.size();
  for (const Entry& entry : entries_) {
    // Most patterns differ from the name in their first byte.
    if (entry.pattern[0] != name[0] && entry.pattern[0] != '*') continue;
    if (entry.pattern == "*" || covers(Segments{entry.pattern}, segments)) ids.push_back(entry.id);
  }
  const auto first = ids.begin() + static_cast<std::ptrdiff_t>(before);
  std::sort(first, ids.end());
  ids.erase(std::unique(first, ids.end()), ids.end());
}

std::size_t LinearScan::index_bytes() const {
  std::size_t bytes = entries_.capacity() * sizeof(Entry);
  for (const Entry& entry : entries_)
    if (entry.pattern.capacity() > 15) bytes += entry.pattern.capacity() + 1;
  return bytes;
}

}  // namespace sluice::bench
