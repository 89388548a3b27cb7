#include "delivery/refused_ranges.hpp"

#include <array>
#include <cstdint>

namespace sluice::delivery {
namespace {

struct V4Range {
  std::uint32_t first;
  unsigned bits;
  std::string_view why;
};

struct V6Range {
  std::uint64_t high;  // of the first address
  std::uint64_t low;
  unsigned bits;
  std::string_view why;
};

// The narrower of two that overlap comes first, so that the reason is the more telling one.
constexpr std::array kV4Ranges = {
    V4Range{0xa9fea9fe, 32, "cloud metadata 169.254.169.254"},
    V4Range{0xa9feaa02, 32, "cloud metadata 169.254.170.2"},
    V4Range{0x646464c8, 32, "cloud metadata 100.100.100.200"},
    V4Range{0xc00000c0, 32, "cloud metadata 192.0.0.192"},
    V4Range{0xa83f8110, 32, "cloud metadata 168.63.129.16"},
    V4Range{0x00000000, 32, "unspecified 0.0.0.0"},
    V4Range{0x00000000, 8, "this network 0.0.0.0/8"},
    V4Range{0x0a000000, 8, "private 10.0.0.0/8"},
    V4Range{0x64400000, 10, "carrier-grade NAT 100.64.0.0/10"},
    V4Range{0x7f000000, 8, "loopback 127.0.0.0/8"},
    V4Range{0xa9fe0000, 16, "link-local 169.254.0.0/16"},
    V4Range{0xac100000, 12, "private 172.16.0.0/12"},
    V4Range{0xc0000000, 24, "protocol assignments 192.0.0.0/24"},
    V4Range{0xc0000200, 24, "documentation 192.0.2.0/24"},
    V4Range{0xc0586300, 24, "6to4 relays 192.88.99.0/24"},
    V4Range{0xc0a80000, 16, "private 192.168.0.0/16"},
    V4Range{0xc6120000, 15, "benchmarking 198.18.0.0/15"},
    V4Range{0xc6336400, 24, "documentation 198.51.100.0/24"},
    V4Range{0xcb007100, 24, "documentation 203.0.113.0/24"},
    V4Range{0xe0000000, 4, "multicast 224.0.0.0/4"},
    V4Range{0xffffffff, 32, "broadcast 255.255.255.255"},
    V4Range{0xf0000000, 4, "reserved 240.0.0.0/4"},
};

// What is outside of 2000::/3 is refused without being listed; these have a name.
constexpr std::array kV6Ranges = {
    V6Range{0, 0, 128, "unspecified ::"},
    V6Range{0, 1, 128, "loopback ::1"},
    V6Range{0, 0, 96, "IPv4-compatible ::/96"},
    V6Range{0x0064ff9b00010000, 0, 48, "local NAT64 64:ff9b:1::/48"},
    V6Range{0x0100000000000000, 0, 64, "discarded 100::/64"},
    V6Range{0x20010db800000000, 0, 32, "documentation 2001:db8::/32"},
    V6Range{0x2001000000000000, 0, 32, "Teredo 2001::/32"},
    V6Range{0x2001000200000000, 0, 48, "benchmarking 2001:2::/48"},
    V6Range{0x2001000000000000, 0, 23, "protocol assignments 2001::/23"},
    V6Range{0x2002000000000000, 0, 16, "6to4 2002::/16"},
    V6Range{0x3fff000000000000, 0, 20, "documentation 3fff::/20"},
    V6Range{0xfd000ec200000000, 0x254, 128, "cloud metadata fd00:ec2::254"},
    V6Range{0xfd2000ce00000000, 0x254, 128, "cloud metadata fd20:ce::254"},
    V6Range{0xfc00000000000000, 0, 7, "unique local fc00::/7"},
    V6Range{0xfe80000000000000, 0xa9fea9fe, 128, "cloud metadata fe80::a9fe:a9fe"},
    V6Range{0xfe80000000000000, 0, 10, "link-local fe80::/10"},
    V6Range{0xfec0000000000000, 0, 10, "site-local fec0::/10"},
    V6Range{0xff00000000000000, 0, 8, "multicast ff00::/8"},
};
constexpr V6Range kMapped{0, 0x0000ffff00000000, 96, ""};
constexpr V6Range kNat64{0x0064ff9b00000000, 0, 96, ""};
constexpr V6Range kGlobalUnicast{0x2000000000000000, 0, 3, ""};

constexpr std::uint64_t mask(unsigned bits) {
  return bits == 0 ? 0 : ~std::uint64_t{0} << (64 - bits);
}

std::string_view refused_v4(std::uint32_t address) {
  for (const V4Range& range : kV4Ranges)
    if (((address ^ range.first) >> (32 - range.bits)) == 0) return range.why;
  return {};
}

bool holds(const V6Range& range, std::uint64_t high, std::uint64_t low) {
  const unsigned high_bits = range.bits < 64 ? range.bits : 64;
  return ((high ^ range.high) & mask(high_bits)) == 0 &&
         ((low ^ range.low) & mask(range.bits - high_bits)) == 0;
}

std::uint64_t eight_bytes(const std::uint8_t* bytes) {
  std::uint64_t value = 0;
  for (int i = 0; i < 8; ++i) value = (value << 8U) | bytes[i];
  return value;
}

}  // namespace

std::string_view refused_range(const IpAddress& address) noexcept {
  if (address.family() == IpAddress::Family::v4) return refused_v4(address.host_order());
  const std::uint64_t high = eight_bytes(address.bytes().data());
  const std::uint64_t low = eight_bytes(address.bytes().data() + 8);
  if (holds(kMapped, high, low) || holds(kNat64, high, low))
    return refused_v4(static_cast<std::uint32_t>(low));
  for (const V6Range& range : kV6Ranges)
    if (holds(range, high, low)) return range.why;
  return holds(kGlobalUnicast, high, low) ? std::string_view{} : "reserved, outside of 2000::/3";
}

}  // namespace sluice::delivery
