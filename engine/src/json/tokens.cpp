#include "json/tokens.hpp"

#include <string_view>

namespace sluice::json {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// One digit or more.
Token read_digits(const char* at, const char* end) {
  const char* const first = at;
  while (at != end && is_digit(*at)) ++at;
  return {at, at != first};
}

int hex_digit(char c) {
  if (is_digit(c)) return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

/// `\u` and four digits. Invalid: the first byte that does not fit.
Token read_unicode_escape(const char* at, const char* end) {
  constexpr std::string_view kStart = "\\u";
  for (int i = 0; i < 6; ++i, ++at) {
    if (at == end) return {at, false};
    if (i < 2 ? *at != kStart[static_cast<std::size_t>(i)] : hex_digit(*at) < 0) return {at, false};
  }
  return {at, true};
}

}  // namespace

std::int32_t hex4(const char* at) noexcept {
  std::int32_t value = 0;
  for (int i = 0; i < 4; ++i) {
    const int digit = hex_digit(at[i]);
    if (digit < 0) return -1;
    value = value * 16 + digit;
  }
  return value;
}

Token read_number(const char* at, const char* end) noexcept {
  if (at != end && *at == '-') ++at;
  if (at != end && *at == '0') {
    ++at;
    if (at != end && is_digit(*at)) return {at, false};
  } else {
    const Token whole = read_digits(at, end);
    if (!whole.is_valid) return whole;
    at = whole.at;
  }
  if (at != end && *at == '.') {
    const Token fraction = read_digits(at + 1, end);
    if (!fraction.is_valid) return fraction;
    at = fraction.at;
  }
  if (at != end && (*at == 'e' || *at == 'E')) {
    ++at;
    if (at != end && (*at == '+' || *at == '-')) ++at;
    return read_digits(at, end);
  }
  return {at, true};
}

Token read_literal(const char* at, const char* end) noexcept {
  const std::string_view literal = *at == 't' ? "true" : *at == 'f' ? "false" : "null";
  for (const char expected : literal) {
    if (at == end || *at != expected) return {at, false};
    ++at;
  }
  return {at, true};
}

Token read_escape(const char* at, const char* end) noexcept {
  if (at + 1 == end) return {end, false};
  if (at[1] != 'u') {
    const bool is_known = kSimpleEscapes[static_cast<unsigned char>(at[1])] != 0;
    return {is_known ? at + 2 : at + 1, is_known};
  }
  const Token first = read_unicode_escape(at, end);
  if (!first.is_valid) return first;
  const std::int32_t unit = hex4(at + 2);
  if (unit < 0xD800 || unit > 0xDFFF) return first;
  if (unit >= 0xDC00) return {at, false};
  const Token second = read_unicode_escape(first.at, end);
  if (!second.is_valid) return second;
  const std::int32_t low = hex4(first.at + 2);
  if (low < 0xDC00 || low > 0xDFFF) return {first.at, false};
  return second;
}

Token read_string(const char* at, const char* end) noexcept {
  ++at;
  while (at != end && *at != '"') {
    if (static_cast<unsigned char>(*at) < 0x20) return {at, false};
    if (*at != '\\') {
      ++at;
      continue;
    }
    const Token escape = read_escape(at, end);
    if (!escape.is_valid) return escape;
    at = escape.at;
  }
  if (at == end) return {at, false};
  return {at + 1, true};
}

}  // namespace sluice::json
