#include "delivery/header_block.hpp"

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>

#include "delivery/outbound.hpp"

namespace sluice::delivery {
namespace {

TEST(HeaderBlock, HoldsLinesInTheOrderTheyCame) {
  HeaderBlock block;
  EXPECT_TRUE(block.add("webhook-id", "msg_1"));
  EXPECT_TRUE(block.add("X-Two", "a b\tc"));
  EXPECT_EQ(block.lines(), "webhook-id: msg_1\r\nX-Two: a b\tc\r\n");
}

TEST(HeaderBlock, TakesNoControlCharacterInAValue) {
  for (int c = 0; c < 256; ++c) {
    HeaderBlock block;
    const bool is_control = (c < 0x20 && c != '\t') || c == 0x7f;
    const std::string value = std::string{"a"} + static_cast<char>(c) + "b";
    EXPECT_EQ(block.add("x", value), !is_control) << c;
    EXPECT_EQ(block.lines().empty(), is_control) << c;
  }
}

TEST(HeaderBlock, TakesTokensOnlyForNames) {
  for (int c = 0; c < 256; ++c) {
    HeaderBlock block;
    const bool is_alphanumeric =
        (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
    const bool is_mark =
        c != 0 && std::string{"!#$%&'*+-.^_`|~"}.find(static_cast<char>(c)) != std::string::npos;
    EXPECT_EQ(block.add(std::string{"a"} + static_cast<char>(c), "v"), is_alphanumeric || is_mark)
        << c;
  }
  EXPECT_FALSE(HeaderBlock{}.add("", "v"));
}

TEST(HeaderBlock, AnInjectedLineNeverReachesTheBlock) {
  HeaderBlock block;
  EXPECT_FALSE(block.add("x", "1\r\nhost: evil.example"));
  EXPECT_FALSE(block.add("x: 1\r\nhost", "evil.example"));
  EXPECT_FALSE(block.add("x", "1\nhost: evil.example"));
  EXPECT_FALSE(block.add("x", "1\r\n\r\nGET / HTTP/1.1"));
  EXPECT_EQ(block.lines(), "");
}

TEST(HeaderBlock, LeavesFramingToTheClient) {
  for (const char* name : {"Host", "content-length", "Transfer-Encoding", "CONNECTION", "TE",
                           "Trailer", "upgrade", "Keep-Alive", "Proxy-Connection", "expect"}) {
    HeaderBlock block;
    EXPECT_FALSE(block.add(name, "1")) << name;
    EXPECT_TRUE(HeaderBlock::is_reserved(name)) << name;
  }
  EXPECT_FALSE(HeaderBlock::is_reserved("x-host"));
  EXPECT_FALSE(HeaderBlock::is_reserved(""));
}

TEST(HeaderBlock, DropsBlanksAroundAValue) {
  HeaderBlock block;
  block.add("a", "  b c \t");
  block.add("d", " ");
  EXPECT_EQ(block.lines(), "a: b c\r\nd: \r\n");
}

TEST(RequestHead, TakesNoUrlThatWouldEndItsLine) {
  for (const char* target : {"/a b", "/a\r\nhost: evil.example", "/\x7f", "/\xc3\xa9"}) {
    domain::Url url;
    url.host = "example.com";
    url.target = target;
    EXPECT_THROW(RequestHead(RequestHead::Method::post, url, {}), std::invalid_argument) << target;
  }
}

}  // namespace
}  // namespace sluice::delivery
