#include "delivery/signer.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/encoding.hpp"

namespace sluice::delivery {
namespace {

// From the test suites of the Standard Webhooks reference libraries (symmetric) and of Svix's server
// (asymmetric, `test_asymmetric_key_signing`); both sign the same message.
constexpr const char* kSymmetric = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
constexpr const char* kAsymmetric =
    "whsk_6Xb/dCcHpPea21PS1N9VY/NZW723CEc77N4rJCubMbfVKIDij2HKpMKkioLlX0dRqSKJp4AJ6p9lMicMFs6Kvg==";
constexpr const char* kSeedOnly = "whsk_6Xb/dCcHpPea21PS1N9VY/NZW723CEc77N4rJCubMbc=";
constexpr const char* kId = "msg_p5jXN8AQM9LWM0D4loKWxJek";
constexpr std::int64_t kTime = 1614265330;
constexpr const char* kBody = R"({"test": 2432232314})";
constexpr const char* kSymmetricEntry = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
constexpr const char* kAsymmetricEntry =
    "v1a,hnO3f9T8Ytu9HwrXslvumlUpqtNVqkhqw/enGzPCXe5BdqzCInXqYXFymVJaA7AZdpXwVLPo3mNl8EM+m7TBAg==";

std::string signature(const std::vector<std::string>& secrets) {
  std::string out;
  Signer::make(secrets).value().sign(kId, kTime, kBody, out);
  return out;
}

TEST(Signer, SignsAsTheReferenceLibrariesDo) {
  EXPECT_EQ(signature({kSymmetric}), kSymmetricEntry);
}

TEST(Signer, SignsWithEd25519AsSvixDoes) { EXPECT_EQ(signature({kAsymmetric}), kAsymmetricEntry); }

TEST(Signer, TakesASeedWithoutItsPublicKey) { EXPECT_EQ(signature({kSeedOnly}), kAsymmetricEntry); }

TEST(Signer, GivesAnEntryForEachKeyInTheirOrder) {
  const std::string other = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
  EXPECT_EQ(signature({kSymmetric, other, kAsymmetric}),
            std::string{kSymmetricEntry} + " " + signature({other}) + " " + kAsymmetricEntry);
}

TEST(Signer, SignsOneMessageAfterAnother) {
  Signer signer = Signer::make(std::vector<std::string>{kSymmetric, kAsymmetric}).value();
  std::string out;
  signer.sign("other", 1, std::string(100'000, 'x'), out);
  out = "before ";
  signer.sign(kId, kTime, kBody, out);
  EXPECT_EQ(out, std::string{"before "} + kSymmetricEntry + " " + kAsymmetricEntry);
}

// RFC 8032 section 7.1, test 1: the empty message cannot be had here, as a dot always is between the
// parts; so what is checked is that the public key of the vector is derived from its seed.
TEST(Signer, RefusesHalvesThatDoNotBelongTogether) {
  std::string bytes = base::from_base64(std::string_view{kAsymmetric}.substr(5)).value();
  bytes.back() = static_cast<char>(bytes.back() ^ 1);
  EXPECT_FALSE(Signer::make(std::vector<std::string>{"whsk_" + base::to_base64(bytes)}));
}

TEST(Signer, RefusesMalformedSecrets) {
  for (const char* secret :
       {"", "whsec_", "whsk_", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_%", "whsec_MfKQ9r8",
        "whpk_1SiA4o9hyqTCpIqC5V9HUakiiaeACeqfZTInDBbOir4=",
        "WHSEC_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsk_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n"})
    EXPECT_FALSE(Signer::make(std::vector<std::string>{secret})) << secret;
}

TEST(Signer, RefusesAnyMalformedSecretAmongGoodOnes) {
  EXPECT_FALSE(Signer::make(std::vector<std::string>{kSymmetric, "whsec_%"}));
  EXPECT_FALSE(Signer::make(std::vector<std::string>{}));
}

}  // namespace
}  // namespace sluice::delivery
