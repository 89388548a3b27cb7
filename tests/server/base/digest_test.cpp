// Digests and encodings give the bytes that their standards publish.
#include "base/digest.hpp"

#include <gtest/gtest.h>

#include <string>

#include "base/encoding.hpp"

namespace sluice::base {
namespace {

std::string hex(const Digest& digest) { return to_hex(bytes_of(digest)); }

TEST(Sha256, GivesThePublishedDigests) {
  EXPECT_EQ(hex(sha256("")), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(hex(sha256("abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(Sha256, IsTheSameInPieces) {
  Sha256 pieces;
  for (const char* piece : {"", "a", "", "bc"}) pieces.add(piece);
  EXPECT_EQ(pieces.finish(), sha256("abc"));
}

// Test cases 1, 2 and 6 of RFC 4231.
TEST(HmacKey, GivesThePublishedSignatures) {
  HmacKey first{std::string(20, '\x0b')};
  EXPECT_EQ(hex(first.sign("Hi There")),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
  HmacKey second{"Jefe"};
  EXPECT_EQ(hex(second.sign("what do ya want for nothing?")),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  HmacKey third{std::string(131, '\xaa')};
  EXPECT_EQ(hex(third.sign("Test Using Larger Than Block-Size Key - Hash Key First")),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

TEST(HmacKey, SignsAgainAndInPartsWithTheSameResult) {
  HmacKey key{"key"};
  const Digest whole = key.sign("id.1.body");
  EXPECT_EQ(key.sign({"id", ".", "1", ".", "body"}), whole);
  EXPECT_NE(key.sign("other"), whole);
  HmacKey moved = std::move(key);
  EXPECT_EQ(moved.sign("id.1.body"), whole);
}

TEST(HmacKey, AnEmptyKeyIsAKey) {
  HmacKey key{std::string_view{}};
  EXPECT_EQ(hex(key.sign("")), "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
}

TEST(ConstantTime, EqualMeansSameBytesAndLength) {
  EXPECT_TRUE(equal_in_constant_time("", ""));
  EXPECT_TRUE(equal_in_constant_time("abc", "abc"));
  EXPECT_FALSE(equal_in_constant_time("abc", "abd"));
  EXPECT_FALSE(equal_in_constant_time("abc", "ab"));
}

// Section 10 of RFC 4648.
TEST(Base64, GivesThePublishedTextsAndReadsThemBack) {
  const char* const pairs[][2] = {{"", ""},
                                  {"f", "Zg=="},
                                  {"fo", "Zm8="},
                                  {"foo", "Zm9v"},
                                  {"foob", "Zm9vYg=="},
                                  {"fooba", "Zm9vYmE="},
                                  {"foobar", "Zm9vYmFy"}};
  for (const auto& [bytes, text] : pairs) {
    EXPECT_EQ(to_base64(bytes), text);
    EXPECT_EQ(from_base64(text), bytes);
  }
}

TEST(Base64, KeepsEveryByte) {
  std::string bytes;
  for (int i = 0; i < 256; ++i) bytes += static_cast<char>(i);
  for (std::size_t length = 0; length <= bytes.size(); ++length) {
    const auto some = std::string_view(bytes).substr(bytes.size() - length);
    EXPECT_EQ(from_base64(to_base64(some)), some);
  }
}

TEST(Base64, RefusesWhatIsNotItsOwn) {
  for (const char* text : {"Z", "Zg", "Zg=", "Zg===", "=", "==", "====", "Z===", "Zm9v Zm9v",
                           "Zm9v\n", "Zm9-", "Zm9_", "Zh==", "Zm9=", "Zg==Zg==", "Z=g="})
    EXPECT_FALSE(from_base64(text)) << text;
}

TEST(Hex, WritesTwoLowerCaseDigitsAByte) {
  EXPECT_EQ(to_hex(std::string_view("\x00\x0f\xa5\xff", 4)), "000fa5ff");
}

}  // namespace
}  // namespace sluice::base
