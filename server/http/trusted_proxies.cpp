#include "http/trusted_proxies.hpp"

#include <algorithm>
#include <stdexcept>
#include <string_view>

namespace sluice::http {
namespace {

std::string_view without_blanks(std::string_view text) noexcept {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

bool is_port(std::string_view text) noexcept {
  return !text.empty() && text.size() <= 5 &&
         text.find_first_not_of("0123456789") == std::string_view::npos;
}

/// Some proxies add the port: 192.0.2.1:4711, [2001:db8::1]:4711.
std::optional<base::IpAddress> read_node(std::string_view text) noexcept {
  const std::size_t colon = text.rfind(':');
  if (text.starts_with('[')) {
    const std::size_t end = text.find(']');
    if (end == std::string_view::npos) return std::nullopt;
    const std::string_view rest = text.substr(end + 1);
    if (!rest.empty() && !(rest.front() == ':' && is_port(rest.substr(1)))) return std::nullopt;
    text = text.substr(1, end - 1);
    if (text.find(':') == std::string_view::npos) return std::nullopt;
  } else if (colon != std::string_view::npos && text.find(':') == colon) {
    if (!is_port(text.substr(colon + 1))) return std::nullopt;
    text = text.substr(0, colon);
  }
  const auto address = base::IpAddress::parse(text);
  return address ? std::optional{address->unmapped()} : std::nullopt;
}

}  // namespace

TrustedProxies::TrustedProxies(std::span<const std::string> networks) {
  for (const std::string& text : networks) {
    const auto network = base::IpBlock::parse(text);
    if (!network) throw std::invalid_argument(text);
    networks_.push_back(*network);
  }
}

bool TrustedProxies::contains(const base::IpAddress& address) const noexcept {
  return std::ranges::any_of(networks_, [&](const auto& each) { return each.contains(address); });
}

std::optional<base::IpAddress> TrustedProxies::client_of(
    std::span<const HeaderField> fields) const noexcept {
  std::optional<base::IpAddress> client;
  for (auto field = fields.rbegin(); field != fields.rend(); ++field) {
    if (!equal_ignoring_case(field->name, "x-forwarded-for")) continue;
    std::string_view rest = field->value;
    while (!rest.empty()) {
      const std::size_t comma = rest.rfind(',');
      const bool is_last = comma == std::string_view::npos;
      const std::string_view node = without_blanks(is_last ? rest : rest.substr(comma + 1));
      rest = is_last ? std::string_view{} : rest.substr(0, comma);
      if (node.empty()) continue;
      client = read_node(node);
      if (!client || !contains(*client)) return client;
    }
  }
  return client;
}

}  // namespace sluice::http
