// The operator's mail relay, and where it is.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "delivery/egress_guard.hpp"

namespace sluice::delivery {

/// The relay, as the operator has set it.
struct SmtpRelay {
  std::string url;  // smtp://host:587 (STARTTLS) or smtps://host:465; empty: there is none
  std::string username;
  std::string password;  // a secret
  std::string from;      // the sender's address
  std::string ca_file;   // trusted instead of the system's; empty: the system's
  bool is_tls_required = true;
};

/// Where connections to a relay go.
struct RelayEndpoint {
  std::string host;  // lower case; an IPv6 address without its brackets
  bool is_address = false;
  std::uint16_t port = 0;
};

/// Reads a relay's URL as strictly as a webhook's, and asks `guard`, which vets the addresses of a name
/// once more when it is connected to. Or else why it may not be used: a sentence without the URL, which
/// may hold a password that does not belong there.
std::variant<RelayEndpoint, std::string> find_relay(std::string_view url, const EgressGuard& guard);

}  // namespace sluice::delivery
