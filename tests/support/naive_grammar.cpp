#include "support/naive_grammar.hpp"

#include <algorithm>
#include <string>

#include "support/oracle.hpp"

namespace sluice::testkit {
namespace {

constexpr std::string_view kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";

bool is_literal(const std::string& segment) {
  return !segment.empty() && segment.size() <= 64 &&
         segment.find_first_not_of(kAlphabet) == std::string::npos;
}

bool is_wildcard(const std::string& segment) { return segment == "*" || segment == "**"; }

}  // namespace

bool is_event_name(std::string_view text) {
  const auto segments = split_segments(text);
  return text.size() <= 255 && segments.size() <= 16 &&
         std::all_of(segments.begin(), segments.end(), is_literal);
}

bool is_pattern(std::string_view text) {
  const auto segments = split_segments(text);
  return text.size() <= 255 && segments.size() <= 16 &&
         std::all_of(segments.begin(), segments.end(), [](const std::string& segment) {
           return is_literal(segment) || is_wildcard(segment);
         });
}

}  // namespace sluice::testkit
