// Every way of writing an address that some resolver, proxy or browser takes for it, crossed with every
// address that must not be reached: written out by rule, so that no pair is missing. The reasons for
// single URLs are in data/vectors/egress; here the one question is whether any gets through.
#include <arpa/inet.h>
#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <set>
#include <string>
#include <vector>

#include "delivery/egress_guard.hpp"
#include "special_addresses.hpp"

namespace sluice::delivery {
namespace {

using Octets = std::array<unsigned, 4>;

std::string format(const char* pattern, auto... values) {
  std::array<char, 256> text{};
  std::snprintf(text.data(), text.size(), pattern, values...);
  return text.data();
}

Octets octets_of(std::string_view dotted) {
  in_addr address{};
  EXPECT_EQ(inet_pton(AF_INET, std::string{dotted}.c_str(), &address), 1) << dotted;
  const std::uint32_t value = ntohl(address.s_addr);
  return {value >> 24U, value >> 16U & 255U, value >> 8U & 255U, value & 255U};
}

/// What inet_aton(3) and its kin read as this address, and what only looks like it.
std::vector<std::string> numeric_forms(const Octets& o) {
  const unsigned whole = o[0] << 24U | o[1] << 16U | o[2] << 8U | o[3];
  const unsigned low24 = o[1] << 16U | o[2] << 8U | o[3];
  const unsigned low16 = o[2] << 8U | o[3];
  return {
      format("%u", whole),
      format("%llu", (1ULL << 32U) + whole),
      format("0x%x", whole),
      format("0X%X", whole),
      format("0%o", whole),
      format("0000%o", whole),
      format("%u.%u", o[0], low24),
      format("0x%x.%u", o[0], low24),
      format("%u.0x%x", o[0], low24),
      format("%u.0%o", o[0], low24),
      format("%u.%u.%u", o[0], o[1], low16),
      format("%u.%u.0x%x", o[0], o[1], low16),
      format("0%o.0%o.0%o.0%o", o[0], o[1], o[2], o[3]),
      format("0x%x.0x%x.0x%x.0x%x", o[0], o[1], o[2], o[3]),
      format("0x%x.0%o.%u.%u", o[0], o[1], o[2], o[3]),
      format("%03u.%03u.%03u.%03u", o[0], o[1], o[2], o[3]),
      format("%u.%u.%u.%u.", o[0], o[1], o[2], o[3]),
      format("%u.%u.%u.%u..", o[0], o[1], o[2], o[3]),
      format("%u..%u.%u.%u", o[0], o[1], o[2], o[3]),
      format("%u.%u.%u.%u.0", o[0], o[1], o[2], o[3]),
      format("%u.%u.%u.%u", o[0] + 256, o[1], o[2], o[3]),
      format("[%u.%u.%u.%u]", o[0], o[1], o[2], o[3]),
  };
}

/// The same digits in another script, in another encoding, or with something that is dropped.
std::vector<std::string> disguised_forms(const Octets& o) {
  std::string percent;
  std::string fullwidth;
  std::string circled;
  std::string twice;
  for (const char c : format("%u.%u.%u.%u", o[0], o[1], o[2], o[3])) {
    percent += format("%%%02x", static_cast<unsigned>(c));
    twice += format("%%25%02x", static_cast<unsigned>(c));
    const auto digit = static_cast<unsigned>(c - '0');
    fullwidth += c == '.' ? "\xEF\xBC\x8E" : format("\xEF\xBC%c", static_cast<int>(0x90U + digit));
    circled += c == '.'     ? "\xE3\x80\x82"
               : digit == 0 ? "\xE2\x93\xAA"
                            : format("\xE2\x91%c", static_cast<int>(0x9FU + digit));
  }
  const std::string plain = format("%u.%u.%u.%u", o[0], o[1], o[2], o[3]);
  return {
      percent,
      twice,
      fullwidth,
      circled,
      plain + "%00",
      plain + "%2f",
      plain + "%20",
      plain + "\t",
      plain + "\xC2\xAD",
      "\xE2\x80\x8B" + plain,
  };
}

/// IPv6 addresses that carry this one, or whose translators would reach it.
std::vector<std::string> embedded_forms(const Octets& o) {
  const unsigned high = o[0] << 8U | o[1];
  const unsigned low = o[2] << 8U | o[3];
  return {
      format("[::ffff:%u.%u.%u.%u]", o[0], o[1], o[2], o[3]),
      format("[::ffff:%x:%x]", high, low),
      format("[0:0:0:0:0:ffff:%x:%x]", high, low),
      format("[::FFFF:%X:%X]", high, low),
      format("[::%u.%u.%u.%u]", o[0], o[1], o[2], o[3]),
      format("[::%x:%x]", high, low),
      format("[::ffff:0:%x:%x]", high, low),
      format("[64:ff9b::%u.%u.%u.%u]", o[0], o[1], o[2], o[3]),
      format("[64:ff9b::%x:%x]", high, low),
      format("[64:ff9b:1::%x:%x]", high, low),
      format("[2002:%x:%x::1]", high, low),
      format("[2002:%x:%x:0:0:0:0:0]", high, low),
      format("[2001:0:%x:%x::]", high, low),
      format("[2001:0:4136:e378:8000:63bf:%x:%x]", ~high & 0xffffU, ~low & 0xffffU),
      format("[fe80::5efe:%x:%x]", high, low),
      format("[::ffff:%u.%u.%u.%u%%25lo]", o[0], o[1], o[2], o[3]),
      format("[fe80::%x:%x%%25eth0]", high, low),
      format("[fe80::%x:%x%%eth0]", high, low),
      format("[v1.%x:%x]", high, low),
  };
}

/// Texts in which `host` is where one reader goes, and a harmless name is what another sees.
std::vector<std::string> split_forms(const std::string& host) {
  return {
      "http://example.com@" + host + "/",
      "http://example.com:80@" + host + "/",
      "http://" + host + "@example.com/",
      "http://example.com%40" + host + "/",
      "http://example.com\\@" + host + "/",
      "http://" + host + "\\.example.com/",
      "http://example.com#@" + host + "/",
      "http:///" + host + "/",
      "http:" + host + "/",
      "http:/" + host + "/",
      "//" + host + "/",
      "http:\\\\" + host + "\\",
      " http://" + host + "/",
      "http://" + host + "/\r\nX: y",
      "http://" + host + ":80:80/",
      "http://" + host + ":080a/",
      "ftp://" + host + "/",
      "gopher://" + host + "/_x",
      "file://" + host + "/etc/passwd",
      "dict://" + host + ":11211/stat",
      "ldap://" + host + "/",
      "tftp://" + host + "/x",
      "jar:http://" + host + "!/",
      "ws://" + host + "/",
      "http+unix://" + host + "/",
      "data:text/plain,http://" + host + "/",
  };
}

/// Every special range by its ends, and what is worth most.
std::set<std::string> refused_addresses() {
  std::set<std::string> all = {"127.0.0.1",   "169.254.169.254", "169.254.170.2", "100.100.100.200",
                               "192.0.0.192", "10.0.0.1",        "172.16.0.1",    "192.168.1.1"};
  for (const testkit::AddressSpan& span : testkit::kSpecialV4) {
    all.emplace(span.first);
    all.emplace(span.last);
  }
  return all;
}

/// http is allowed, so that nothing is refused for its scheme alone.
const EgressGuard& guard() {
  static const EgressGuard instance{{.allow = {}, .plain_http = true}};
  return instance;
}

// guards D5
TEST(UrlCatalogue, NoSpellingOfARefusedAddressGetsThrough) {
  std::size_t count = 0;
  const auto expect_refused = [&](const std::string& url) {
    ++count;
    EXPECT_TRUE(guard().refuse(url).has_value()) << url;
  };
  for (const std::string& address : refused_addresses()) {
    const Octets octets = octets_of(address);
    std::vector<std::string> hosts = numeric_forms(octets);
    for (const auto& more : {disguised_forms(octets), embedded_forms(octets)})
      hosts.insert(hosts.end(), more.begin(), more.end());
    hosts.push_back(address);
    for (const std::string& host : hosts)
      for (const char* tail : {"/", ":8080/", "", "?q", ":80/@example.com/"})
        expect_refused("http://" + host + tail);
    for (const std::string& url : split_forms(address)) expect_refused(url);
    expect_refused("https://" + address + "/");
  }
  EXPECT_GE(count, 300U);
  RecordProperty("urls", static_cast<int>(count));
}

// An odd spelling of a good address is refused as well: what two readers may take for two things is
// not sent to either.
TEST(UrlCatalogue, APublicAddressHasOneSpelling) {
  const Octets octets = octets_of("8.8.8.8");
  EXPECT_FALSE(guard().refuse("http://8.8.8.8/").has_value());
  EXPECT_FALSE(guard().refuse("http://[::ffff:8.8.8.8]/").has_value());
  for (const std::string& host : numeric_forms(octets))
    EXPECT_TRUE(guard().refuse("http://" + host + "/").has_value()) << host;
  for (const std::string& host : disguised_forms(octets))
    EXPECT_TRUE(guard().refuse("http://" + host + "/").has_value()) << host;
}

// What is taken for a name here is no address for the C library, which other readers of a URL use.
TEST(UrlCatalogue, NoNameIsAnAddressForTheSystem) {
  const std::vector<std::string> parts = {"1", "01", "0x1", "x", "0x", "1x", "256", "0xg", "08"};
  std::vector<std::string> hosts = parts;
  for (std::size_t begin = 0, round = 0; round < 3; ++round) {
    const std::size_t end = hosts.size();
    for (std::size_t i = begin; i < end; ++i)
      for (const std::string& part : parts) hosts.push_back(hosts[i] + "." + part);
    begin = end;
  }
  std::size_t names = 0;
  for (const std::string& host : hosts) {
    const auto parsed = domain::parse_url("http://" + host + "/");
    const auto* url = std::get_if<domain::Url>(&parsed);
    if (url == nullptr || url->is_ipv4) continue;
    ++names;
    in_addr address{};
    EXPECT_EQ(inet_aton(url->host.c_str(), &address), 0) << host;
  }
  EXPECT_GT(names, 1000U) << "most of these are ordinary names";
}

}  // namespace
}  // namespace sluice::delivery
