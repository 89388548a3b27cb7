#include "base/utf8.hpp"

#include <algorithm>

namespace sluice::base {
namespace {

unsigned octet(char c) noexcept { return static_cast<unsigned char>(c); }

}  // namespace

std::size_t utf8_length(std::string_view text) noexcept {
  const unsigned first = octet(text[0]);
  if (first < 0x80) return 1;
  const std::size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  if (first < 0xC2 || first > 0xF4 || text.size() < length) return 0;
  for (std::size_t i = 1; i < length; ++i)
    if (octet(text[i]) >> 6U != 2) return 0;
  const unsigned second = octet(text[1]);
  const bool is_overlong = (first == 0xE0 && second < 0xA0) || (first == 0xF0 && second < 0x90);
  const bool is_beyond = (first == 0xED && second > 0x9F) || (first == 0xF4 && second > 0x8F);
  return is_overlong || is_beyond ? 0 : length;
}

std::string repaired_utf8(std::string text) {
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = utf8_length(std::string_view{text}.substr(at));
    if (length == 0) text[at] = '?';
    at += std::max<std::size_t>(length, 1);
  }
  return text;
}

}  // namespace sluice::base
