// Where a request may go (D5). Names are judged by what they resolve to, right before connecting:
// a text that looks harmless says nothing, since whoever owns a name decides where it points, and
// decides anew each time.
#pragma once

#include <sys/socket.h>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "delivery/ip_address.hpp"
#include "domain/url.hpp"

namespace sluice::delivery {

struct EgressRules {
  /// CIDR blocks, addresses and host names (exact, any case) that are allowed whatever they are.
  std::vector<std::string> allow;
  /// Whether `http://` may be used for hosts outside of `allow`.
  bool plain_http = false;
};

/// Judges addresses, hosts and URLs. Immutable. Thread safety: every member, from any thread.
class EgressGuard final : public domain::UrlRules {
 public:
  /// Errors: std::invalid_argument when an entry of `allow` is neither a block nor a host name.
  explicit EgressGuard(const EgressRules& rules);

  /// Why nothing may be sent to `address` (such as "loopback 127.0.0.0/8"); empty: it may be.
  /// `host` is the name that led there, in lower case, or empty.
  std::string_view refusal(const IpAddress& address, std::string_view host) const noexcept;
  /// The same for what a connect(2) is about to get; another family than IPv4 and IPv6 is refused.
  std::string_view refusal(const sockaddr* address, socklen_t size,
                           std::string_view host) const noexcept;
  /// The same for all that a name resolved to: one bad address refuses the name.
  std::string_view refusal(std::span<const IpAddress> addresses,
                           std::string_view host) const noexcept;

  /// Why `host` is refused before anything is resolved: it is no host, it is a refused address, or
  /// a name that only means something inside of a network. Empty: nothing speaks against it.
  /// `host` is in lower case, an IPv6 address without brackets.
  std::string host_refusal(std::string_view host) const;

  /// The same for a whole URL: also its scheme and its port.
  std::string refusal(const domain::Url& url) const;
  std::optional<std::string> refuse(std::string_view url) const override;

  /// The same for a mail relay at `port` of `host`.
  std::string relay_refusal(std::string_view host, std::uint16_t port) const;

 private:
  bool is_allowed_address(const IpAddress& address) const noexcept;
  bool is_allowed_host(std::string_view host) const noexcept;

  std::vector<IpBlock> allowed_blocks_;
  std::vector<std::string> allowed_hosts_;  // lower case, sorted
  bool plain_http_;
};

}  // namespace sluice::delivery
