// The leaves of JSON's grammar (RFC 8259): numbers, literals, strings and their escapes. Both ways
// of decoding ask here, so that they cannot differ about a leaf.
#pragma once

#include <array>
#include <cstdint>

namespace sluice::json {

/// Where reading a token ended. If `is_valid`, `at` is the first byte after the token; else it is
/// the first byte that does not fit, and the end of the input means that the token was cut off.
struct Token {
  const char* at;
  bool is_valid;
};

/// Each reads the token that begins at `at`, of an input that ends at `end`. Complexity: O(bytes).
Token read_number(const char* at, const char* end) noexcept;
Token read_literal(const char* at, const char* end) noexcept;  // true, false, null
Token read_string(const char* at, const char* end) noexcept;   // from quote to quote
/// One escape, from its backslash; a pair of surrogates is one escape, a lone one is invalid.
Token read_escape(const char* at, const char* end) noexcept;

/// The value of four hexadecimal digits, or -1.
std::int32_t hex4(const char* at) noexcept;

/// The first byte that is no JSON whitespace.
inline const char* skip_blanks(const char* at, const char* end) noexcept {
  while (at != end && (*at == ' ' || *at == '\n' || *at == '\r' || *at == '\t')) ++at;
  return at;
}

/// What one character after a backslash stands for, 0 for none; `u` is not in it.
consteval std::array<char, 256> simple_escapes() {
  std::array<char, 256> table{};
  table['"'] = '"';
  table['\\'] = '\\';
  table['/'] = '/';
  table['b'] = '\b';
  table['f'] = '\f';
  table['n'] = '\n';
  table['r'] = '\r';
  table['t'] = '\t';
  return table;
}
inline constexpr std::array<char, 256> kSimpleEscapes = simple_escapes();

}  // namespace sluice::json
