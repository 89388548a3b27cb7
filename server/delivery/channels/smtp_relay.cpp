#include "delivery/channels/smtp_relay.hpp"

#include <utility>

namespace sluice::delivery {
namespace {

constexpr std::uint16_t kPlainPort = 25;   // what libcurl takes where the URL names none
constexpr std::uint16_t kSecurePort = 465;

bool has_port(std::string_view authority) {
  const std::size_t host_end = authority.starts_with('[') ? authority.find(']') : 0;
  return authority.find(':', host_end) != std::string_view::npos;
}

}  // namespace

std::variant<RelayEndpoint, std::string> find_relay(std::string_view url, const EgressGuard& guard) {
  const bool is_secure = url.starts_with("smtps://");
  if (!is_secure && !url.starts_with("smtp://"))
    return "expected smtp://host:587 or smtps://host:465";
  const std::string_view place = url.substr(url.find("//") + 2);
  if (place.find('@') != std::string_view::npos)
    return "expected no user name or password in the URL: smtp.username and smtp.password are for them";
  // The parser of URLs that deliveries go to: what it refuses, libcurl might read otherwise.
  const auto parsed = domain::parse_url((is_secure ? "https://" : "http://") + std::string{place});
  const auto* found = std::get_if<domain::Url>(&parsed);
  // libcurl takes a dot off the end, and would not find the addresses that it is given.
  if (found == nullptr || found->target != "/" || found->host.ends_with('.'))
    return "expected the name of a host or an address in its usual form, and perhaps a port, as in "
           "smtp://mail.example.com:587";
  RelayEndpoint endpoint{.host = found->host,
                         .is_address = found->is_ipv4 || found->is_ipv6,
                         .port = found->port};
  if (!has_port(place.substr(0, place.find('/'))))
    endpoint.port = is_secure ? kSecurePort : kPlainPort;
  if (std::string why = guard.relay_refusal(endpoint.host, endpoint.port); !why.empty()) return why;
  return endpoint;
}

}  // namespace sluice::delivery
