// The addresses that nothing may be sent to, whoever asks: those that are not of the public
// internet, those that embed another address, and those where clouds tell machines their secrets.
#pragma once

#include <string_view>

#include "delivery/ip_address.hpp"

namespace sluice::delivery {

/// Why `address` is refused, such as "loopback 127.0.0.0/8"; empty: it is a public unicast address.
/// Of IPv6 only global unicast (2000::/3) is public, and of what embeds IPv4 only the mapped form
/// and NAT64's well-known prefix, when the address inside is public. Complexity: a few comparisons.
/// Thread safety: pure. Source: the IANA IPv4 and IPv6 special-purpose address registries; RFC 6052
/// (NAT64), RFC 4291 (mapped); the metadata services of AWS, Azure, Google, Oracle, Alibaba.
std::string_view refused_range(const IpAddress& address) noexcept;

}  // namespace sluice::delivery
