#include "delivery/header_block.hpp"

#include <algorithm>
#include <array>

namespace sluice::delivery {
namespace {

// What frames the message, manages the connection, or asks for what the client does not do.
constexpr std::array<std::string_view, 10> kReserved = {
    "connection", "content-length",    "expect", "host", "keep-alive", "proxy-connection", "te",
    "trailer",    "transfer-encoding", "upgrade"};

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

bool is_token_character(char c) {
  const bool is_alphanumeric = (c >= '0' && c <= '9') || (lower(c) >= 'a' && lower(c) <= 'z');
  return is_alphanumeric || std::string_view{"!#$%&'*+-.^_`|~"}.find(c) != std::string_view::npos;
}

bool is_value_character(char c) {
  return c == '\t' || (static_cast<unsigned char>(c) >= 0x20 && c != 0x7f);
}

std::string_view without_blanks(std::string_view text) {
  const std::size_t from = text.find_first_not_of(" \t");
  if (from == std::string_view::npos) return {};
  return text.substr(from, text.find_last_not_of(" \t") - from + 1);
}

}  // namespace

bool HeaderBlock::is_reserved(std::string_view name) noexcept {
  return std::any_of(kReserved.begin(), kReserved.end(), [name](std::string_view reserved) {
    return std::equal(name.begin(), name.end(), reserved.begin(), reserved.end(),
                      [](char a, char b) { return lower(a) == b; });
  });
}

bool HeaderBlock::add(std::string_view name, std::string_view value) {
  if (name.empty() || !std::all_of(name.begin(), name.end(), is_token_character)) return false;
  if (!std::all_of(value.begin(), value.end(), is_value_character)) return false;
  if (is_reserved(name)) return false;
  lines_.append(name).append(": ").append(without_blanks(value)).append("\r\n");
  return true;
}

}  // namespace sluice::delivery
