#include "delivery/egress_guard.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>
#include <utility>
#include <variant>

#include "delivery/refused_ranges.hpp"

namespace sluice::delivery {
namespace {

/// Whether `host` is what a URL may have for its host, in the spelling that domain::Url keeps.
bool is_host(std::string_view host) {
  const bool is_v6 = host.find(':') != std::string_view::npos;
  const std::string text = is_v6 ? "[" + std::string{host} + "]" : std::string{host};
  const auto url = domain::parse_url("https://" + text + "/");
  const auto* parsed = std::get_if<domain::Url>(&url);
  return parsed != nullptr && parsed->host == host && parsed->port == 443;
}

constexpr std::uint32_t kLoopback = 0x7f000001;
constexpr std::uint16_t kFirstUnprivilegedPort = 1024;

// Services that listen above 1023 and would take lines of an HTTP request for commands, or that
// browsers refuse for that reason. Source: the Fetch standard's "port blocking"; the rest are
// databases, caches and orchestrators.
constexpr std::array<std::uint16_t, 38> kOddPorts = {
    1719, 1720, 1723, 2049, 2181, 2375, 2376, 2379, 2380,  3306,  3659,  4045, 4190,
    4369, 5060, 5061, 5432, 5672, 5984, 6000, 6379, 6380,  6566,  6665,  6666, 6667,
    6668, 6669, 6679, 6697, 9042, 9092, 9200, 9300, 10080, 10250, 11211, 27017};

std::string lower_case(std::string_view text) {
  std::string lower{text};
  for (char& c : lower)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
  return lower;
}

bool is_localhost(std::string_view host) {
  return host == "localhost" || host.ends_with(".localhost");  // RFC 6761 section 6.3
}

bool is_local_name(std::string_view host) {
  constexpr std::array<std::string_view, 5> kSuffixes = {".local", ".localdomain", ".internal",
                                                         ".home.arpa", ".intranet"};
  return host.find('.') == std::string_view::npos ||
         std::any_of(kSuffixes.begin(), kSuffixes.end(),
                     [host](std::string_view suffix) { return host.ends_with(suffix); });
}

bool is_odd(std::uint16_t port) {
  if (port < kFirstUnprivilegedPort) return port != 80 && port != 443;
  return std::binary_search(kOddPorts.begin(), kOddPorts.end(), port);
}

}  // namespace

EgressGuard::EgressGuard(const EgressRules& rules) : plain_http_(rules.plain_http) {
  for (const std::string& entry : rules.allow) {
    if (const std::optional<IpBlock> block = IpBlock::parse(entry)) {
      allowed_blocks_.push_back(*block);
      continue;
    }
    std::string host = lower_case(entry);
    if (!is_host(host) || host.ends_with('.'))
      throw std::invalid_argument("egress.allow: \"" + entry +
                                  "\" is neither a network in CIDR notation nor a host name");
    allowed_hosts_.push_back(std::move(host));
  }
  std::sort(allowed_hosts_.begin(), allowed_hosts_.end());
}

bool EgressGuard::is_allowed_address(const IpAddress& address) const noexcept {
  return std::any_of(allowed_blocks_.begin(), allowed_blocks_.end(),
                     [&](const IpBlock& block) { return block.contains(address); });
}

bool EgressGuard::is_allowed_host(std::string_view host) const noexcept {
  if (std::binary_search(allowed_hosts_.begin(), allowed_hosts_.end(), host)) return true;
  if (is_localhost(host)) return is_allowed_address(IpAddress::v4(kLoopback));
  const std::optional<IpAddress> address = IpAddress::parse(host);
  return address && is_allowed_address(*address);
}

std::string_view EgressGuard::refusal(const IpAddress& address,
                                      std::string_view host) const noexcept {
  const std::string_view range = refused_range(address);
  if (range.empty() || is_allowed_address(address)) return {};
  const bool is_named = std::binary_search(allowed_hosts_.begin(), allowed_hosts_.end(), host);
  return is_named ? std::string_view{} : range;
}

std::string_view EgressGuard::refusal(const sockaddr* address, socklen_t size,
                                      std::string_view host) const noexcept {
  const std::optional<IpAddress> ip = IpAddress::from_sockaddr(address, size);
  return ip ? refusal(*ip, host) : "not an IP address";
}

std::string_view EgressGuard::refusal(std::span<const IpAddress> addresses,
                                      std::string_view host) const noexcept {
  for (const IpAddress& address : addresses)
    if (const std::string_view why = refusal(address, host); !why.empty()) return why;
  return {};
}

std::string EgressGuard::host_refusal(std::string_view host) const {
  if (const std::optional<IpAddress> address = IpAddress::parse(host)) {
    const std::string_view why = refusal(*address, host);
    return why.empty() ? std::string{}
                       : "requests to this address are refused: " + std::string{why};
  }
  if (!is_host(host)) return "expected the name of a host or an address in its usual form";
  if (host.ends_with('.')) return "expected a host name that does not end with a dot";
  if (is_allowed_host(host)) return {};
  if (is_localhost(host)) return "requests to this host are refused: loopback";
  if (is_local_name(host))
    return "expected the full name of a host on the public internet, such as hooks.example.com";
  return {};
}

std::string EgressGuard::refusal(const domain::Url& url) const {
  if (std::string why = host_refusal(url.host); !why.empty()) return why;
  if (is_allowed_host(url.host)) return {};
  if (!url.is_secure && !plain_http_) return "expected https://; plain http is not allowed here";
  if (is_odd(url.port))
    return "port " + std::to_string(url.port) +
           " is refused; expected 443, 80, or one above 1023 that belongs to no other service";
  return {};
}

std::string EgressGuard::relay_refusal(std::string_view host, std::uint16_t port) const {
  if (std::string why = host_refusal(host); !why.empty()) return why;
  if (is_allowed_host(host) || port == 25 || port == 465 || port == 587) return {};
  if (port >= kFirstUnprivilegedPort && !is_odd(port)) return {};
  return "port " + std::to_string(port) +
         " is refused; expected 587, 465, 25, or one above 1023 that belongs to no other service";
}

std::optional<std::string> EgressGuard::refuse(std::string_view url) const {
  const auto parsed = domain::parse_url(url);
  if (const auto* error = std::get_if<domain::UrlError>(&parsed)) return error->message;
  std::string why = refusal(std::get<domain::Url>(parsed));
  return why.empty() ? std::nullopt : std::optional{std::move(why)};
}

}  // namespace sluice::delivery
