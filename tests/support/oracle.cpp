#include "support/oracle.hpp"

#include <algorithm>
#include <array>

#include "support/naive_grammar.hpp"

namespace sluice::testkit {

std::vector<std::string> split_segments(std::string_view text) {
  std::vector<std::string> segments{""};
  for (const char c : text) {
    if (c == '.') {
      segments.emplace_back();
    } else {
      segments.back() += c;
    }
  }
  return segments;
}

namespace {

// Reach[n]: the pattern's segments so far cover exactly the first n segments of the name.
using Reach = std::array<bool, kMaxSegments + 1>;

bool covers(std::span<const std::string> pattern, std::span<const std::string> name) {
  if (pattern.size() == 1 && pattern[0] == "*") return true;
  Reach reach{true};
  for (const std::string& segment : pattern) {
    const bool is_star = segment == "*";
    const bool is_double_star = segment == "**";
    Reach next{};
    for (std::size_t n = 0; n <= name.size(); ++n) {
      if (is_double_star) {
        next[n] = reach[n] || (n > 0 && next[n - 1]);
      } else if (n > 0) {
        next[n] = reach[n - 1] && (is_star || segment == name[n - 1]);
      }
    }
    reach = next;
  }
  return reach[name.size()];
}

}  // namespace

bool covers(std::string_view pattern, std::string_view name) {
  return is_pattern(pattern) && is_event_name(name) &&
         covers(split_segments(pattern), split_segments(name));
}

bool Oracle::put(SubscriptionId id, std::string_view scope, std::span<const Pattern> patterns) {
  std::vector<std::string> texts;
  for (const Pattern& pattern : patterns) texts.emplace_back(pattern.text());
  return put(id, scope, texts);
}

bool Oracle::put(SubscriptionId id, std::string_view scope, std::span<const std::string> patterns) {
  const bool was_there = remove(id);
  if (patterns.empty()) return !was_there;
  std::vector<Segments>& held = webhooks_[std::string{scope}][id];
  for (const std::string& pattern : patterns) held.push_back(split_segments(pattern));
  scopes_.emplace(id, scope);
  return !was_there;
}

bool Oracle::remove(SubscriptionId id) {
  const auto at = scopes_.find(id);
  if (at == scopes_.end()) return false;
  webhooks_.find(at->second)->second.erase(id);
  scopes_.erase(at);
  return true;
}

std::vector<SubscriptionId> Oracle::match(std::string_view name, std::string_view scope) const {
  std::vector<SubscriptionId> matched;
  const auto at = webhooks_.find(scope);
  if (at == webhooks_.end() || !is_event_name(name)) return matched;
  const Segments segments = split_segments(name);
  for (const auto& [id, patterns] : at->second) {
    for (const Segments& pattern : patterns) {
      if (!covers(pattern, segments)) continue;
      matched.push_back(id);
      break;
    }
  }
  return matched;
}

std::vector<SubscriptionId> sorted(std::span<const SubscriptionId> ids) {
  std::vector<SubscriptionId> copy(ids.begin(), ids.end());
  std::sort(copy.begin(), copy.end());
  return copy;
}

}  // namespace sluice::testkit
