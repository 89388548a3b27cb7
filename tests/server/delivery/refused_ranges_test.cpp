#include "delivery/refused_ranges.hpp"

#include <arpa/inet.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <iterator>
#include <random>
#include <string>
#include <vector>

#include "special_addresses.hpp"

namespace sluice::delivery {
namespace {

using Bytes = std::array<std::uint8_t, 16>;

std::uint32_t number(std::string_view dotted) {
  in_addr address{};
  EXPECT_EQ(inet_pton(AF_INET, std::string{dotted}.c_str(), &address), 1) << dotted;
  return ntohl(address.s_addr);
}

Bytes bytes(std::string_view text) {
  Bytes result{};
  EXPECT_EQ(inet_pton(AF_INET6, std::string{text}.c_str(), result.data()), 1) << text;
  return result;
}

std::uint64_t seed() {
  const char* given = std::getenv("SLUICE_SEED");
  return given != nullptr ? std::strtoull(given, nullptr, 10) : 20261124;
}

class V4Table {
 public:
  V4Table() {
    for (const auto& span : testkit::kSpecialV4) {
      firsts_.push_back(number(span.first));
      lasts_.push_back(number(span.last));
    }
  }
  bool refuses(std::uint32_t address) const {
    const auto at = std::upper_bound(firsts_.begin(), firsts_.end(), address);
    if (at == firsts_.begin()) return false;
    return address <= lasts_[static_cast<std::size_t>(std::prev(at) - firsts_.begin())];
  }
  const std::vector<std::uint32_t>& firsts() const { return firsts_; }
  const std::vector<std::uint32_t>& lasts() const { return lasts_; }

 private:
  std::vector<std::uint32_t> firsts_;
  std::vector<std::uint32_t> lasts_;
};

bool refuses_v6(const Bytes& address, const V4Table& v4) {
  const auto in = [&](const testkit::AddressSpan& span) {
    return bytes(span.first) <= address && address <= bytes(span.last);
  };
  for (const auto& span : testkit::kEmbeddingV6) {
    if (!in(span)) continue;
    return v4.refuses(static_cast<std::uint32_t>(address[12]) << 24U |
                      static_cast<std::uint32_t>(address[13]) << 16U |
                      static_cast<std::uint32_t>(address[14]) << 8U | address[15]);
  }
  return !in(testkit::kGlobalV6) ||
         std::any_of(testkit::kSpecialV6.begin(), testkit::kSpecialV6.end(), in);
}

bool is_refused(const IpAddress& address) { return !refused_range(address).empty(); }

TEST(RefusedRanges, AgreesWithTheSecondTableAllOverV4) {
  const V4Table table;
  std::mt19937_64 random{seed()};
  SCOPED_TRACE(seed());
  for (std::uint32_t network = 0; network < 1U << 20U; ++network) {
    const std::uint32_t address = network << 12U | (static_cast<std::uint32_t>(random()) & 0xfffU);
    if (is_refused(IpAddress::v4(address)) != table.refuses(address))
      FAIL() << IpAddress::v4(address).text();  // an assertion each would take most of the time
  }
}

TEST(RefusedRanges, AgreesWithTheSecondTableAtEveryV4Border) {
  const V4Table table;
  for (const auto* borders : {&table.firsts(), &table.lasts()})
    for (const std::uint32_t border : *borders)
      for (std::uint32_t distance = 0; distance <= 512; ++distance) {
        const std::uint32_t address = border - 256 + distance;
        ASSERT_EQ(is_refused(IpAddress::v4(address)), table.refuses(address))
            << IpAddress::v4(address).text();
      }
}

TEST(RefusedRanges, AgreesWithTheSecondTableOnRandomV6Addresses) {
  const V4Table table;
  std::mt19937_64 random{seed()};
  SCOPED_TRACE(seed());
  std::vector<Bytes> roots = {bytes("2000::"), bytes("2600::"), bytes("3f00::"),
                              bytes("fe80::"), bytes("fec0::"), bytes("fd00:ec2::254"),
                              bytes("100::")};
  for (const auto* spans : {&testkit::kSpecialV6})
    for (const auto& span : *spans)
      roots.insert(roots.end(), {bytes(span.first), bytes(span.last)});
  for (const auto& span : testkit::kEmbeddingV6)
    roots.insert(roots.end(), {bytes(span.first), bytes(span.last)});
  roots.push_back(Bytes{});
  for (int i = 0; i < 100'000; ++i) {
    Bytes address = roots[random() % roots.size()];
    const std::size_t kept = random() % 17;  // the rest is random, or one bit of it
    if (random() % 2 == 0)
      for (std::size_t at = kept; at < 16; ++at) address[at] = static_cast<std::uint8_t>(random());
    else
      address[random() % 16] ^= static_cast<std::uint8_t>(1U << (random() % 8));
    ASSERT_EQ(is_refused(IpAddress::v6(address)), refuses_v6(address, table))
        << IpAddress::v6(address).text();
  }
}

TEST(RefusedRanges, EmbeddedFormsFollowTheAddressInside) {
  const V4Table table;
  std::mt19937_64 random{seed()};
  for (int i = 0; i < 100'000; ++i) {
    std::uint32_t inside = static_cast<std::uint32_t>(random());
    if (i % 2 == 0) inside = table.firsts()[static_cast<std::size_t>(i) % table.firsts().size()];
    for (const char* prefix : {"::ffff:0:0", "64:ff9b::"}) {
      Bytes address = bytes(prefix);
      for (std::size_t at = 0; at < 4; ++at)
        address[12 + at] = static_cast<std::uint8_t>(inside >> (24 - 8 * at));
      ASSERT_EQ(refused_range(IpAddress::v6(address)), refused_range(IpAddress::v4(inside)));
    }
  }
}

TEST(RefusedRanges, NamesTheRange) {
  const auto why = [](const char* text) { return refused_range(IpAddress::parse(text).value()); };
  EXPECT_EQ(why("127.0.0.1"), "loopback 127.0.0.0/8");
  EXPECT_EQ(why("169.254.169.254"), "cloud metadata 169.254.169.254");
  EXPECT_EQ(why("fd00:ec2::254"), "cloud metadata fd00:ec2::254");
  EXPECT_EQ(why("fd00::1"), "unique local fc00::/7");
  EXPECT_EQ(why("8.8.8.8"), "");
  EXPECT_EQ(why("2606:4700::1"), "");
}

}  // namespace
}  // namespace sluice::delivery
