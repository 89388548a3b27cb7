#include "domain/header_rules.hpp"

#include <algorithm>
#include <array>

namespace sluice::domain {
namespace {

constexpr std::array<std::string_view, 13> kReserved{
    "connection",    "content-encoding",  "content-length",      "expect",
    "host",          "keep-alive",        "proxy-connection",    "te",
    "trailer",       "transfer-encoding", "proxy-authorization", "upgrade",
    "http2-settings"};

char to_lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool is_token_character(char c) {
  const bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  const bool is_digit = c >= '0' && c <= '9';
  return is_letter || is_digit ||
         std::string_view{"!#$%&'*+-.^_`|~"}.find(c) != std::string_view::npos;
}

bool is_value_character(char c) { return c == '\t' || (c >= ' ' && c <= '~'); }

}  // namespace

bool is_same_header(std::string_view one, std::string_view other) noexcept {
  return std::ranges::equal(one, other, {}, to_lower, to_lower);
}

std::optional<std::string> header_name_problem(std::string_view name) {
  if (name.empty() || name.size() > kMaxHeaderNameBytes ||
      !std::ranges::all_of(name, is_token_character)) {
    return "expected a header name of 1 to 128 letters, digits and '-'";
  }
  const auto is_name = [&](std::string_view reserved) { return is_same_header(name, reserved); };
  if (std::ranges::any_of(kReserved, is_name)) {
    return "expected another header: this one belongs to the connection";
  }
  if (is_same_header(name.substr(0, 8), "webhook-") || is_same_header(name.substr(0, 3), "ce-")) {
    return "expected another header: webhook-* and ce-* are written by the service";
  }
  return std::nullopt;
}

std::optional<std::string> header_value_problem(std::string_view value) {
  if (value.size() > kMaxHeaderValueBytes) return "expected at most 4096 bytes";
  if (!std::ranges::all_of(value, is_value_character)) {
    return "expected visible ASCII characters and blanks, without line breaks";
  }
  return std::nullopt;
}

}  // namespace sluice::domain
