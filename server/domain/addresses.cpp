#include "domain/addresses.hpp"

#include <algorithm>

namespace sluice::domain {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_alphanumeric(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool is_atom_character(char c) {
  return is_alphanumeric(c) ||
         std::string_view{"!#$%&'*+-/=?^_`{|}~"}.find(c) != std::string_view::npos;
}

bool is_atom(std::string_view atom) {
  return !atom.empty() && std::ranges::all_of(atom, is_atom_character);
}

bool is_label(std::string_view label) {
  return !label.empty() && label.size() <= 63 && label.front() != '-' && label.back() != '-' &&
         std::ranges::all_of(label, [](char c) { return is_alphanumeric(c) || c == '-'; });
}

template <class Check>
bool all_between_dots(std::string_view text, Check check) {
  while (true) {
    const std::size_t dot = text.find('.');
    if (!check(text.substr(0, dot))) return false;
    if (dot == std::string_view::npos) return true;
    text.remove_prefix(dot + 1);
  }
}

}  // namespace

bool is_email_address(std::string_view text) noexcept {
  const std::size_t at = text.rfind('@');
  if (at == std::string_view::npos || text.size() > 254) return false;
  const std::string_view local = text.substr(0, at);
  const std::string_view domain = text.substr(at + 1);
  if (local.size() > 64 || !all_between_dots(local, is_atom)) return false;
  if (!all_between_dots(domain, is_label)) return false;
  const std::size_t last_dot = domain.rfind('.');
  if (last_dot == std::string_view::npos) return domain == "localhost";
  return !std::ranges::all_of(domain.substr(last_dot + 1), is_digit);  // no IPv4 address
}

bool is_phone_number(std::string_view text) noexcept {
  if (!text.starts_with('+')) return false;
  const std::string_view digits = text.substr(1);
  return digits.size() >= 7 && digits.size() <= 15 && digits.front() != '0' &&
         std::ranges::all_of(digits, is_digit);
}

}  // namespace sluice::domain
