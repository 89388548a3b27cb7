#include "domain/name_cover.hpp"

#include <bitset>

namespace sluice::domain {
namespace {

std::string_view take_segment(std::string_view& rest, bool& is_at_end) {
  const std::size_t dot = rest.find('.');
  const std::string_view segment = rest.substr(0, dot);
  is_at_end = dot == std::string_view::npos;
  rest = is_at_end ? std::string_view{} : rest.substr(dot + 1);
  return segment;
}

}  // namespace

bool covers(Pattern pattern, std::string_view event_name) {
  if (check_event_name(event_name).code != ErrorCode::none) return false;
  if (pattern.text() == "*") return true;

  // reached[i]: the segments of the pattern so far can cover the name's first i segments.
  using Prefixes = std::bitset<kMaxSegments + 1>;
  Prefixes reached{1};
  std::string_view pattern_rest = pattern.text();
  for (bool is_last_token = false; !is_last_token;) {
    const std::string_view token = take_segment(pattern_rest, is_last_token);
    Prefixes next;
    if (token == "**") next[0] = reached[0];
    std::string_view name_rest = event_name;
    bool is_last_segment = false;
    for (std::size_t i = 0; !is_last_segment; ++i) {
      const std::string_view segment = take_segment(name_rest, is_last_segment);
      next[i + 1] = token == "**" ? reached[i + 1] || next[i]
                                  : reached[i] && (token == "*" || token == segment);
      if (is_last_segment && is_last_token) return next[i + 1];
    }
    reached = next;
  }
  return false;
}

}  // namespace sluice::domain
