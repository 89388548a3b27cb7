// Text and numbers written as JSON.
#pragma once

#include <charconv>
#include <cstdint>
#include <string>
#include <string_view>

namespace sluice::tool {

/// `text`, which is valid UTF-8, in quotes and escaped.
void append_quoted(std::string& out, std::string_view text);

/// The same for a message to people: cut off after 80 bytes, whatever the text is.
std::string quoted_start(std::string_view text);

/// The shortest decimal that reads back as the same number.
template <class Number>
void append_number(std::string& out, Number value) {
  char digits[32];
  const auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
  out.append(digits, end);
}

}  // namespace sluice::tool
