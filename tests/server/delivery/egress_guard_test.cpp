#include "delivery/egress_guard.hpp"

#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <vector>

namespace sluice::delivery {
namespace {

boost::json::array cases(const char* file) {
  std::ifstream in{std::string{SLUICE_EGRESS_VECTORS} + "/" + file};
  const std::string text{std::istreambuf_iterator<char>{in}, {}};
  return boost::json::parse(text).as_array();
}

std::string text_of(const boost::json::value& object, const char* field) {
  return boost::json::value_to<std::string>(object.at(field));
}

/// What the guard says against `url`: "syntax" if it is no URL, empty if it may be used.
std::string verdict(const EgressGuard& guard, const std::string& url) {
  if (std::holds_alternative<domain::UrlError>(domain::parse_url(url))) return "syntax";
  return guard.refuse(url).value_or("");
}

IpAddress ip(const char* text) { return IpAddress::parse(text).value(); }

TEST(EgressGuard, RefusesEveryHostileUrlForItsOwnReason) {
  const EgressGuard guard{{.allow = {}, .plain_http = true}};
  const boost::json::array all = cases("refused_urls.json");
  EXPECT_GE(all.size(), 200U);
  for (const boost::json::value& one : all) {
    const std::string said = verdict(guard, text_of(one, "url"));
    EXPECT_NE(said.find(text_of(one, "refused")), std::string::npos)
        << text_of(one, "url") << " (" << text_of(one, "why") << "): " << said;
  }
}

TEST(EgressGuard, AcceptsOrdinaryUrlsAndReadsThemRight) {
  const EgressGuard guard{{.allow = {"example.com"}, .plain_http = true}};
  for (const boost::json::value& one : cases("accepted_urls.json")) {
    const std::string text = text_of(one, "url");
    EXPECT_EQ(verdict(guard, text), "") << text;
    const auto url = std::get<domain::Url>(domain::parse_url(text));
    EXPECT_EQ(url.host, text_of(one, "host")) << text;
    EXPECT_EQ(url.port, one.at("port").as_int64()) << text;
    EXPECT_EQ(url.authority(), text_of(one, "authority")) << text;
    EXPECT_EQ(url.target, text_of(one, "target")) << text;
  }
}

TEST(EgressGuard, OneBadAddressRefusesTheName) {
  const EgressGuard guard{{}};
  const std::vector<IpAddress> good = {ip("8.8.8.8"), ip("2606:4700::1")};
  EXPECT_EQ(guard.refusal(good, "example.com"), "");
  for (const char* bad : {"127.0.0.1", "::1", "10.0.0.1", "169.254.169.254", "::ffff:127.0.0.1"}) {
    std::vector<IpAddress> mixed = good;
    mixed.insert(mixed.begin() + 1, ip(bad));
    EXPECT_NE(guard.refusal(mixed, "example.com"), "") << bad;
  }
}

TEST(EgressGuard, JudgesWhatConnectIsAboutToGet) {
  const EgressGuard guard{{}};
  sockaddr_storage storage;
  const socklen_t size = ip("127.0.0.1").to_sockaddr(80, storage);
  const auto* address = reinterpret_cast<const sockaddr*>(&storage);
  EXPECT_EQ(guard.refusal(address, size, "example.com"), "loopback 127.0.0.0/8");
  storage.ss_family = AF_UNIX;
  EXPECT_EQ(guard.refusal(address, size, "example.com"), "not an IP address");
}

TEST(EgressGuard, AllowsBlocksThatTheOperatorLists) {
  const EgressGuard guard{{.allow = {"127.0.0.0/8", "fd00:1::/32"}}};
  EXPECT_EQ(guard.refusal(ip("127.0.0.1"), "anything.example"), "");
  EXPECT_EQ(guard.refusal(ip("fd00:1::5"), "anything.example"), "");
  EXPECT_NE(guard.refusal(ip("fd00:2::5"), "anything.example"), "");
  EXPECT_NE(guard.refusal(ip("10.0.0.1"), "anything.example"), "");
  EXPECT_NE(guard.refusal(ip("::ffff:127.0.0.1"), "x.example"), "") << "not what was listed";
}

TEST(EgressGuard, AllowsWhatAListedHostResolvesTo) {
  const EgressGuard guard{{.allow = {"Sink.Internal"}}};
  EXPECT_EQ(guard.refusal(ip("10.0.0.1"), "sink.internal"), "");
  EXPECT_NE(guard.refusal(ip("10.0.0.1"), "other.internal"), "");
  EXPECT_NE(guard.refusal(ip("10.0.0.1"), "x.sink.internal"), "") << "not what was listed";
  EXPECT_EQ(guard.host_refusal("sink.internal"), "");
  EXPECT_NE(guard.host_refusal("other.internal"), "");
}

TEST(EgressGuard, RefusesPlainHttpUnlessItIsAllowed) {
  const EgressGuard strict{{.allow = {"127.0.0.0/8", "sink.internal"}}};
  EXPECT_NE(verdict(strict, "http://example.com/").find("https"), std::string::npos);
  EXPECT_EQ(verdict(strict, "https://example.com/"), "");
  EXPECT_EQ(verdict(strict, "http://127.0.0.1:8080/"), "");
  EXPECT_EQ(verdict(strict, "http://sink.internal/"), "");
  EXPECT_EQ(verdict(EgressGuard{{.allow = {}, .plain_http = true}}, "http://example.com/"), "");
}

TEST(EgressGuard, AListedHostMayUseAnyPort) {
  const EgressGuard guard{{.allow = {"127.0.0.1", "sink.internal"}}};
  EXPECT_EQ(verdict(guard, "http://127.0.0.1:6379/"), "");
  EXPECT_EQ(verdict(guard, "https://sink.internal:22/"), "");
  EXPECT_NE(verdict(guard, "https://127.0.0.2:6379/"), "");
}

TEST(EgressGuard, TakesLocalhostForLoopback) {
  EXPECT_EQ(verdict(EgressGuard{{.allow = {"127.0.0.0/8"}}}, "http://localhost:8080/"), "");
  EXPECT_NE(verdict(EgressGuard{{.allow = {"10.0.0.0/8"}}}, "http://localhost:8080/"), "");
}

TEST(EgressGuard, SaysWhichEntryOfItsListIsMalformed) {
  for (const char* entry : {"", "10.0.0.0/33", "10.0.0.1/8", "http://example.com", "*.example.com",
                            "example.com:443", "0x7f.1", "[::1]"}) {
    try {
      const EgressGuard guard{{.allow = {"127.0.0.1", entry}}};
      ADD_FAILURE() << entry;
    } catch (const std::invalid_argument& error) {
      EXPECT_NE(std::string{error.what()}.find(entry), std::string::npos);
    }
  }
}

}  // namespace
}  // namespace sluice::delivery
