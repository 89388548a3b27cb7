#include "http/trusted_proxies.hpp"

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::http {
namespace {

const std::vector<std::string> kNetworks = {"10.0.0.0/8", "127.0.0.1", "fd00::/8"};

std::string client(const std::vector<HeaderField>& fields) {
  const auto address = TrustedProxies(kNetworks).client_of(fields);
  return address ? address->text() : "none";
}

std::string client(std::string_view value) { return client({{"X-Forwarded-For", value}}); }

TEST(TrustedProxies, AreThoseOfTheNetworks) {
  const TrustedProxies proxies(kNetworks);
  for (const char* text : {"10.1.2.3", "127.0.0.1", "fd12::1"})
    EXPECT_TRUE(proxies.contains(*base::IpAddress::parse(text))) << text;
  for (const char* text : {"11.0.0.1", "127.0.0.2", "::1", "2001:db8::1"})
    EXPECT_FALSE(proxies.contains(*base::IpAddress::parse(text))) << text;
  EXPECT_FALSE(TrustedProxies().contains(*base::IpAddress::parse("10.1.2.3")));
}

TEST(TrustedProxies, RefuseWhatIsNoNetwork) {
  for (const char* text : {"", "10.0.0.1/8", "localhost", "10.0.0.0/8 ", "*"}) {
    const std::vector<std::string> networks = {"10.0.0.0/8", text};
    EXPECT_THROW(TrustedProxies{networks}, std::invalid_argument) << text;
  }
}

TEST(TrustedProxies, TakeTheRightmostAddressThatIsNotTheirs) {
  EXPECT_EQ(client("192.0.2.1"), "192.0.2.1");
  EXPECT_EQ(client("198.51.100.7, 192.0.2.1"), "192.0.2.1");
  EXPECT_EQ(client("127.0.0.1, 192.0.2.1, 10.0.0.1,10.0.0.2"), "192.0.2.1");
  EXPECT_EQ(client("garbage, 192.0.2.1, 10.0.0.1"), "192.0.2.1");
  EXPECT_EQ(client(" 2001:db8::1\t"), "2001:db8::1");
}

TEST(TrustedProxies, TakeTheLeftmostAddressWhenAllAreTheirs) {
  EXPECT_EQ(client("10.9.9.9, 10.0.0.1"), "10.9.9.9");
}

TEST(TrustedProxies, ReadSeveralFieldsAsOne) {
  EXPECT_EQ(client({{"X-Forwarded-For", "198.51.100.7"}, {"Host", "x"},
                    {"x-forwarded-for", "192.0.2.1, 10.0.0.1"}}),
            "192.0.2.1");
  EXPECT_EQ(client({{"X-Forwarded-For", "192.0.2.1"}, {"X-FORWARDED-FOR", "10.0.0.1"}}),
            "192.0.2.1");
}

TEST(TrustedProxies, ReadAddressesWithPorts) {
  EXPECT_EQ(client("192.0.2.1:4711"), "192.0.2.1");
  EXPECT_EQ(client("[2001:db8::1]:4711"), "2001:db8::1");
  EXPECT_EQ(client("[2001:db8::1]"), "2001:db8::1");
  EXPECT_EQ(client("::ffff:192.0.2.1"), "192.0.2.1");
}

TEST(TrustedProxies, GuessNothingFromWhatIsNoAddress) {
  for (const char* text : {"unknown", "_hidden", "192.0.2.1, unknown", "192.0.2.1:", "192.0.2.1:x",
                           "192.0.2.1:123456", "[192.0.2.1]", "[::1", "[::1]x", "[::1]:", "1.2.3",
                           "\"192.0.2.1\"", "192.0.2.1 10.0.0.1", "192.0.2.1, garbage, 10.0.0.1"})
    EXPECT_EQ(client(text), "none") << text;
  EXPECT_EQ(client(std::vector<HeaderField>{}), "none");
  EXPECT_EQ(client(" , ,"), "none");
}

}  // namespace
}  // namespace sluice::http
