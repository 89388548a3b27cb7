// Which URLs are taken, what they are taken for, and what is said of the others.
#include "domain/url.hpp"

#include <gtest/gtest.h>

#include <array>

namespace sluice::domain {
namespace {

Url url(std::string_view text) {
  const auto parsed = parse_url(text);
  if (const auto* error = std::get_if<UrlError>(&parsed)) {
    ADD_FAILURE() << text << ": " << error->message;
    return {};
  }
  return std::get<Url>(parsed);
}

std::string refusal(std::string_view text) {
  const auto parsed = parse_url(text);
  const auto* error = std::get_if<UrlError>(&parsed);
  return error ? error->type : "accepted";
}

TEST(Url, IsTakenApart) {
  const Url whole = url("HTTPS://Hooks.Example.com:8443/a%20b/c?x=1&y=%2F");
  EXPECT_TRUE(whole.is_secure);
  EXPECT_EQ(whole.host, "hooks.example.com");
  EXPECT_EQ(whole.port, 8443);
  EXPECT_EQ(whole.target, "/a%20b/c?x=1&y=%2F");
  EXPECT_EQ(whole.authority(), "hooks.example.com:8443");
}

TEST(Url, HasDefaults) {
  EXPECT_EQ(url("https://example.com").target, "/");
  EXPECT_EQ(url("https://example.com").port, 443);
  EXPECT_EQ(url("http://example.com:/?").port, 80);
  EXPECT_EQ(url("http://example.com:/?").target, "/?");
  EXPECT_EQ(url("https://example.com?a=b").target, "/?a=b");
  EXPECT_EQ(url("https://example.com:443").authority(), "example.com");
}

TEST(Url, TellsAddressesFromNames) {
  EXPECT_TRUE(url("http://127.0.0.1:80/").is_ipv4);
  EXPECT_TRUE(url("http://[::1]/").is_ipv6);
  EXPECT_EQ(url("http://[2001:DB8::1]:8080/").host, "2001:db8::1");
  EXPECT_EQ(url("http://[::1]:8080/").authority(), "[::1]:8080");
  EXPECT_FALSE(url("https://example.com/").is_ipv4);
}

TEST(Url, MustBeAbsoluteHttp) {
  EXPECT_EQ(refusal("ftp://example.com/"), "url_scheme");
  EXPECT_EQ(refusal("javascript:alert(1)"), "url_scheme");
  EXPECT_EQ(refusal("file:///etc/passwd"), "url_scheme");
  for (const char* text : {"", "example.com", "/path", "//example.com/", "https:", "https:/a",
                           "https://", "https:///path", "https://:443/"}) {
    EXPECT_EQ(refusal(text), "url_parsing") << text;
  }
}

TEST(Url, HidesNothing) {
  for (const char* text :
       {"https://user@example.com/", "https://user:pw@example.com/", "https://@example.com/",
        "https://example.com/#fragment", "https://example.com/#"}) {
    EXPECT_EQ(refusal(text), "url_parsing") << text;
  }
}

TEST(Url, HasOnlyCharactersThatNobodyReadsTwoWays) {
  for (const char* text :
       {"https://exa mple.com/", "https://example.com/a b", "https://example.com/a\r\nb",
        "https://example.com\\@evil.example/", "https://example.com/\xC3\xA9",
        "https://ex\xC3\xA4mple.com/", "https://example.com/%zz", "https://example.com/\t",
        "https://ex%61mple.com/", "https://a..b/", "https://-a.example/", "https://a_.b-/",
        "https://a,b/", " https://example.com/", "https://example.com/ "}) {
    EXPECT_EQ(refusal(text), "url_parsing") << text;
  }
}

TEST(Url, HasNoHostThatResolversTakeForAnAddress) {
  for (const char* text : {"http://2130706433/", "http://0x7f.1/", "http://0177.0.0.1/",
                           "http://0/", "http://127.1/", "http://1.2.3.4.5/", "http://0x7f000001/",
                           "http://127.0.0.1./", "http://1.2.3.256/", "http://a.0x/"}) {
    EXPECT_EQ(refusal(text), "url_parsing") << text;
  }
}

TEST(Url, HasAPortThatExists) {
  EXPECT_EQ(refusal("https://example.com:0/"), "url_parsing");
  EXPECT_EQ(refusal("https://example.com:65536/"), "url_parsing");
  for (const char* text : {"https://example.com:x/", "https://example.com:80x/",
                           "https://example.com:1:2/", "https://[::1]x/"}) {
    EXPECT_EQ(refusal(text), "url_parsing") << text;
  }
  EXPECT_EQ(url("https://example.com:65535/").port, 65535);
}

TEST(Url, IsBounded) {
  const std::string base = "https://example.com/";
  EXPECT_EQ(refusal(base + std::string(kMaxUrlBytes - base.size(), 'a')), "accepted");
  EXPECT_EQ(refusal(base + std::string(kMaxUrlBytes - base.size() + 1, 'a')), "url_too_long");
  EXPECT_EQ(refusal("https://" + std::string(64, 'a') + ".example/"), "url_parsing");
}

TEST(Url, HasAnOrigin) {
  EXPECT_TRUE(have_same_origin(url("https://A.example/x"), url("https://a.example:443/y")));
  EXPECT_FALSE(have_same_origin(url("https://a.example/"), url("http://a.example:443/")));
  EXPECT_FALSE(have_same_origin(url("https://a.example/"), url("https://b.example/")));
  EXPECT_FALSE(have_same_origin(url("https://a.example/"), url("https://a.example:444/")));
}

}  // namespace
}  // namespace sluice::domain
