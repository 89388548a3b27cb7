// A second table of the addresses that must be refused, written from the registries for the tests
// alone: first and last addresses instead of prefixes, and a sorted search instead of a scan.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace sluice::testkit {

struct AddressSpan {
  std::string_view first;
  std::string_view last;
};

/// Source: IANA IPv4 Special-Purpose Address Registry (those not globally reachable), IPv4
/// Multicast Address Space, and the metadata services' own documents. Ascending, without overlap.
inline constexpr std::array kSpecialV4 = {
    AddressSpan{"0.0.0.0", "0.255.255.255"},       AddressSpan{"10.0.0.0", "10.255.255.255"},
    AddressSpan{"100.64.0.0", "100.127.255.255"},  AddressSpan{"127.0.0.0", "127.255.255.255"},
    AddressSpan{"168.63.129.16", "168.63.129.16"}, AddressSpan{"169.254.0.0", "169.254.255.255"},
    AddressSpan{"172.16.0.0", "172.31.255.255"},   AddressSpan{"192.0.0.0", "192.0.0.255"},
    AddressSpan{"192.0.2.0", "192.0.2.255"},       AddressSpan{"192.88.99.0", "192.88.99.255"},
    AddressSpan{"192.168.0.0", "192.168.255.255"}, AddressSpan{"198.18.0.0", "198.19.255.255"},
    AddressSpan{"198.51.100.0", "198.51.100.255"}, AddressSpan{"203.0.113.0", "203.0.113.255"},
    AddressSpan{"224.0.0.0", "255.255.255.255"},
};

/// Source: IANA IPv6 Special-Purpose Address Registry and IPv6 Address Space. Only what is here is
/// public, less what kSpecialV6 takes out of it.
inline constexpr AddressSpan kGlobalV6 = {"2000::", "3fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"};
inline constexpr std::array kSpecialV6 = {
    AddressSpan{"2001::", "2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff"},
    AddressSpan{"2001:db8::", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff"},
    AddressSpan{"2002::", "2002:ffff:ffff:ffff:ffff:ffff:ffff:ffff"},
    AddressSpan{"3fff::", "3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff"},
};
/// Outside of kGlobalV6, and public when the IPv4 address in the last four bytes is.
inline constexpr std::array kEmbeddingV6 = {
    AddressSpan{"::ffff:0.0.0.0", "::ffff:255.255.255.255"},
    AddressSpan{"64:ff9b::", "64:ff9b::ffff:ffff"},
};

}  // namespace sluice::testkit
