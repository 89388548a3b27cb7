// The header that proxies put in front of a connection to say whose it is: the PROXY protocol, in its
// text form (version 1) and its binary one (version 2).
// Source: "The PROXY protocol, versions 1 & 2", section 2, which HAProxy publishes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/ip_address.hpp"

namespace sluice::http {

struct ProxyHeader {
  enum class State : std::uint8_t { incomplete, malformed, complete };

  /// A longer one is malformed. Real ones have about a hundred bytes.
  static constexpr std::size_t kMostBytes = 4096;

  State state = State::incomplete;
  std::size_t bytes = 0;                             // of a complete one
  std::optional<base::IpAddress> client = std::nullopt;  // none: the proxy speaks for itself
};

/// What `bytes`, the first of a connection, begin with. Bytes behind the header are not looked at.
/// Complexity: O(header bytes).
ProxyHeader read_proxy_header(std::string_view bytes) noexcept;

}  // namespace sluice::http
