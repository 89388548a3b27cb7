// The grammar of event names and patterns: its only home. A name is dotted segments; a pattern is
// a name whose segments may also be `*` (exactly one segment) or `**` (zero or more segments).
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

#include "sluice/result.hpp"

namespace sluice {

inline constexpr std::size_t kMaxSegments = 16;      // of a name or a pattern
inline constexpr std::size_t kMaxSegmentBytes = 64;  // of one segment
inline constexpr std::size_t kMaxNameBytes = 255;    // of a whole name or pattern

namespace detail {

enum class Grammar : bool { name, pattern };

consteval std::array<bool, 256> segment_bytes() {
  std::array<bool, 256> table{};
  for (int c = 'A'; c <= 'Z'; ++c) table[static_cast<std::size_t>(c)] = true;
  for (int c = 'a'; c <= 'z'; ++c) table[static_cast<std::size_t>(c)] = true;
  for (int c = '0'; c <= '9'; ++c) table[static_cast<std::size_t>(c)] = true;
  table['_'] = table['-'] = true;
  return table;
}
inline constexpr std::array<bool, 256> kSegmentBytes = segment_bytes();

constexpr Error check_segment(std::string_view text, std::size_t from, std::size_t to,
                              Grammar grammar) {
  const std::string_view segment = text.substr(from, to - from);
  if (segment.empty()) return {ErrorCode::empty_segment, from};
  if (grammar == Grammar::pattern && (segment == "*" || segment == "**")) return {};
  for (std::size_t i = from; i < to; ++i) {
    if (kSegmentBytes[static_cast<unsigned char>(text[i])]) continue;
    if (text[i] != '*') return {ErrorCode::bad_character, i};
    return {
        grammar == Grammar::name ? ErrorCode::wildcard_in_name : ErrorCode::wildcard_inside_segment,
        i};
  }
  if (segment.size() > kMaxSegmentBytes)
    return {ErrorCode::segment_too_long, from + kMaxSegmentBytes};
  return {};
}

constexpr Error check(std::string_view text, Grammar grammar) {
  if (text.empty()) return {ErrorCode::empty_name, 0};
  if (text.size() > kMaxNameBytes) return {ErrorCode::name_too_long, kMaxNameBytes};
  std::size_t from = 0;
  for (std::size_t count = 1;; ++count) {
    if (count > kMaxSegments) return {ErrorCode::too_many_segments, from};
    std::size_t to = from;
    while (to < text.size() && text[to] != '.') ++to;
    if (const Error error = check_segment(text, from, to, grammar); error.code != ErrorCode::none)
      return error;
    if (to == text.size()) return {};
    from = to + 1;
  }
}

}  // namespace detail

/// Whether `text` is a well-formed event name, and if not, why and at which byte.
/// Complexity: O(bytes). Thread safety: pure.
constexpr Error check_event_name(std::string_view text) noexcept {
  return detail::check(text, detail::Grammar::name);
}

/// A validated view of the text of a subscription, such as `cluster.*.failed` or `object.**`.
/// Lifetime: the text must outlive the Pattern; Matcher::put copies what it needs.
class Pattern {
 public:
  constexpr Pattern() noexcept = default;

  /// Errors: every ErrorCode of names and patterns but wildcard_in_name.
  static constexpr Result<Pattern> parse(std::string_view text) noexcept {
    if (const Error error = detail::check(text, detail::Grammar::pattern);
        error.code != ErrorCode::none) {
      return error;
    }
    return Pattern{text};
  }

  constexpr std::string_view text() const noexcept { return text_; }

  friend constexpr bool operator==(const Pattern&, const Pattern&) = default;

 private:
  constexpr explicit Pattern(std::string_view text) noexcept : text_(text) {}

  std::string_view text_ = "**";
};

namespace literals {

/// `"order.*"_pattern`: checked by the compiler, a bad literal does not compile.
consteval Pattern operator""_pattern(const char* text, std::size_t size) {
  const Result<Pattern> pattern = Pattern::parse({text, size});
  // Calling value() of an error is not what stops the compiler; this throw is.
  if (!pattern) throw "this literal is not a well-formed sluice pattern";
  return *pattern;
}

}  // namespace literals

}  // namespace sluice
