#include "http/request_rules.hpp"

#include <algorithm>
#include <cstddef>
#include <limits>

#include "http/request.hpp"

namespace sluice::http {
namespace {

constexpr std::size_t kMaxRequestIdBytes = 128;

constexpr bool is_digit(char letter) noexcept { return letter >= '0' && letter <= '9'; }

constexpr bool is_host_letter(char letter) noexcept {
  return is_digit(letter) || (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
         std::string_view("-._~%!$&'()*+,;=:[]").find(letter) != std::string_view::npos;
}

// The length of "http://" or "https://" at the front, or 0.
std::size_t scheme_length(std::string_view target) noexcept {
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (equal_ignoring_case(target.substr(0, scheme.size()), scheme)) return scheme.size();
  }
  return 0;
}

}  // namespace

bool is_request_id(std::string_view text) noexcept {
  return !text.empty() && text.size() <= kMaxRequestIdBytes &&
         std::all_of(text.begin(), text.end(),
                     [](char letter) { return letter > 0x20 && letter < 0x7f; });
}

bool is_host(std::string_view text) noexcept {
  return std::all_of(text.begin(), text.end(), is_host_letter);
}

std::optional<std::uint64_t> content_length(std::string_view text) noexcept {
  if (text.empty()) return std::nullopt;
  std::uint64_t length = 0;
  for (const char letter : text) {
    if (!is_digit(letter)) return std::nullopt;
    const auto digit = static_cast<std::uint64_t>(letter - '0');
    if (length > (std::numeric_limits<std::uint64_t>::max() - digit) / 10) return std::nullopt;
    length = length * 10 + digit;
  }
  return length;
}

bool is_target(std::string_view text, bool is_options) noexcept {
  if (text == "*") return is_options;
  if (text.find('#') != std::string_view::npos) return false;
  if (!text.empty() && text.front() == '/') return true;
  const std::size_t scheme = scheme_length(text);
  if (scheme == 0) return false;
  const std::string_view authority =
      text.substr(scheme, text.find_first_of("/?", scheme) - scheme);
  return !authority.empty() && is_host(authority);
}

std::string_view origin_form(std::string_view target) noexcept {
  const std::size_t scheme = scheme_length(target);
  if (scheme == 0) return target;
  return target.substr(std::min(target.find_first_of("/?", scheme), target.size()));
}

bool has_http_version(std::string_view line) noexcept {
  const std::size_t blank = line.rfind(' ');
  if (std::count(line.begin(), line.end(), ' ') != 2) return false;
  const std::string_view version = line.substr(blank + 1);
  return version.size() == 8 && version.substr(0, 5) == "HTTP/" && is_digit(version[5]) &&
         version[6] == '.' && is_digit(version[7]);
}

}  // namespace sluice::http
