#include "base/ip_address.hpp"

#include <gtest/gtest.h>

namespace sluice::base {
namespace {

TEST(IpAddress, ReadsAndWritesTheCanonicalForms) {
  for (const char* text :
       {"0.0.0.0", "127.0.0.1", "255.255.255.255", "::", "::1", "2001:db8::1", "::ffff:10.0.0.1"})
    EXPECT_EQ(IpAddress::parse(text).value().text(), text);
}

TEST(IpAddress, ReadsNothingElseThatResolversWould) {
  for (const char* text :
       {"", "127.1", "2130706433", "0x7f.0.0.1", "0177.0.0.1", "127.0.0.01", "127.0.0.1 ",
        " 127.0.0.1", "[::1]", "fe80::1%eth0", "::1/128", "256.0.0.1"})
    EXPECT_FALSE(IpAddress::parse(text)) << text;
  EXPECT_FALSE(IpAddress::parse(std::string_view{"127.0.0.1\0x", 11}));
}

TEST(IpAddress, ComesBackFromASockaddr) {
  for (const char* text : {"192.0.2.7", "2001:db8::7"}) {
    const IpAddress address = IpAddress::parse(text).value();
    sockaddr_storage storage;
    const socklen_t size = address.to_sockaddr(443, storage);
    EXPECT_EQ(IpAddress::from_sockaddr(reinterpret_cast<const sockaddr*>(&storage), size), address);
    EXPECT_FALSE(IpAddress::from_sockaddr(reinterpret_cast<const sockaddr*>(&storage), size - 1));
  }
}

TEST(IpAddress, IsOfNoOtherFamily) {
  sockaddr_storage storage{};
  storage.ss_family = AF_UNIX;
  EXPECT_FALSE(
      IpAddress::from_sockaddr(reinterpret_cast<const sockaddr*>(&storage), sizeof(storage)));
  EXPECT_FALSE(IpAddress::from_sockaddr(nullptr, 0));
}

TEST(IpAddress, AMappedAddressIsAnotherThanTheOneInside) {
  EXPECT_NE(IpAddress::parse("::ffff:10.0.0.1"), IpAddress::parse("10.0.0.1"));
  EXPECT_NE(IpAddress::parse("::10.0.0.1"), IpAddress::parse("10.0.0.1"));
}

TEST(IpAddress, UnmapsTheAddressInside) {
  const auto unmapped = [](const char* text) { return IpAddress::parse(text)->unmapped().text(); };
  EXPECT_EQ(unmapped("::ffff:10.0.0.1"), "10.0.0.1");
  for (const char* text : {"10.0.0.1", "::1", "::10.0.0.1", "::fffe:10.0.0.1", "1::ffff:10.0.0.1"})
    EXPECT_EQ(unmapped(text), IpAddress::parse(text)->text());
}

bool contains(const char* block, const char* address) {
  return IpBlock::parse(block).value().contains(IpAddress::parse(address).value());
}

TEST(IpBlock, HoldsWhatSharesItsPrefix) {
  EXPECT_TRUE(contains("10.0.0.0/8", "10.255.255.255"));
  EXPECT_FALSE(contains("10.0.0.0/8", "11.0.0.0"));
  EXPECT_TRUE(contains("198.18.0.0/15", "198.19.255.255"));
  EXPECT_FALSE(contains("198.18.0.0/15", "198.20.0.0"));
  EXPECT_TRUE(contains("127.0.0.1", "127.0.0.1"));
  EXPECT_FALSE(contains("127.0.0.1", "127.0.0.2"));
  EXPECT_TRUE(contains("0.0.0.0/0", "8.8.8.8"));
  EXPECT_TRUE(contains("fc00::/7", "fdff::1"));
  EXPECT_FALSE(contains("fc00::/7", "fe00::1"));
  EXPECT_TRUE(contains("::/0", "2001:db8::1"));
}

TEST(IpBlock, KeepsTheFamiliesApart) {
  EXPECT_FALSE(contains("0.0.0.0/0", "::1"));
  EXPECT_FALSE(contains("::/0", "127.0.0.1"));
  EXPECT_FALSE(contains("127.0.0.0/8", "::ffff:127.0.0.1"));
}

TEST(IpBlock, RefusesWhatIsMalformed) {
  for (const char* text : {"", "/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/8x",
                           "10.0.0.1/8", "::1/127", "::/129", "10.0.0.0/8/8", "example.com/8"})
    EXPECT_FALSE(IpBlock::parse(text)) << text;
}

}  // namespace
}  // namespace sluice::base
