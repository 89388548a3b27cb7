#include "json_text.hpp"

namespace sluice::tool {

void append_quoted(std::string& out, std::string_view text) {
  constexpr const char* kHex = "0123456789abcdef";
  out += '"';
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (byte < 0x20) {
      out += "\\u00";
      out += kHex[byte >> 4U];
      out += kHex[byte & 15U];
    } else {
      out += c;
    }
  }
  out += '"';
}

std::string quoted_start(std::string_view text) {
  constexpr std::size_t kShownBytes = 80;
  std::string out;
  append_quoted(out, text.substr(0, kShownBytes));
  if (text.size() > kShownBytes) out += "...";
  return out;
}

}  // namespace sluice::tool
