#include "base/ed25519.hpp"

#include <gtest/gtest.h>

#include <array>
#include <charconv>

namespace sluice::base {
namespace {

std::string bytes(std::string_view digits) {
  std::string out;
  for (std::size_t i = 0; i < digits.size(); i += 2) {
    unsigned byte = 0;
    std::from_chars(digits.data() + i, digits.data() + i + 2, byte, 16);
    out += static_cast<char>(byte);
  }
  return out;
}

// RFC 8032 section 7.1, tests 1 and 2.
struct Vector {
  std::string seed;
  std::string public_key;
  std::string message;
  std::string signature;
};
const std::array<Vector, 2> kVectors{
    Vector{bytes("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"),
           bytes("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"), "",
           bytes("e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555"
                 "fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b")},
    Vector{bytes("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb"),
           bytes("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"), bytes("72"),
           bytes("92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
                 "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00")}};

TEST(Ed25519, AnswersTheVectorsOfItsRfc) {
  for (const Vector& vector : kVectors) {
    auto key = Ed25519Key::make(vector.seed + vector.public_key);
    ASSERT_TRUE(key);
    EXPECT_EQ(key->public_key(), vector.public_key);
    EXPECT_EQ(key->sign(vector.message), vector.signature);
    EXPECT_TRUE(is_ed25519_signature(vector.public_key, vector.message, vector.signature));
  }
}

TEST(Ed25519, RefusesWhatWasChanged) {
  const Vector& vector = kVectors[1];
  EXPECT_FALSE(is_ed25519_signature(vector.public_key, "s", vector.signature));
  EXPECT_FALSE(is_ed25519_signature(kVectors[0].public_key, vector.message, vector.signature));
  std::string changed = vector.signature;
  changed[40] = static_cast<char>(changed[40] ^ 1);
  EXPECT_FALSE(is_ed25519_signature(vector.public_key, vector.message, changed));
  EXPECT_FALSE(is_ed25519_signature("short", vector.message, vector.signature));
  EXPECT_FALSE(is_ed25519_signature(vector.public_key, vector.message, "short"));
  EXPECT_FALSE(Ed25519Key::make("short"));
}

}  // namespace
}  // namespace sluice::base
