// Every secret of every kind of channel is found, and a rotated one signs until its time is over.
#include "domain/secret.hpp"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <chrono>

#include "base/encoding.hpp"
#include "tests/server/support/seeded_random.hpp"

namespace sluice::domain {
namespace {

using namespace std::chrono_literals;

std::vector<std::string> secrets_of(ChannelKind kind, std::string_view text) {
  boost::json::object configs = boost::json::parse(text).as_object();
  std::vector<std::string> found;
  for_each_secret(kind, configs, [&](boost::json::string& secret) { found.emplace_back(secret); });
  return found;
}

TEST(ForEachSecret, FindsTheSecretsOfEveryKind) {
  using Texts = std::vector<std::string>;
  EXPECT_EQ(secrets_of(ChannelKind::webhook,
                       R"({"url": "u", "secret": "s", "retired_secrets": [{"secret": "r"}],
                           "headers": {"X-Kind": "plain", "Authorization": "a", "x-api-KEY": "k"}})"),
            (Texts{"s", "r", "a", "k"}));
  EXPECT_EQ(
      secrets_of(ChannelKind::slack, R"({"webhook_url": "w", "bot_token": "b", "channel": "c"})"),
      (Texts{"w", "b"}));
  EXPECT_EQ(secrets_of(ChannelKind::email, R"({"to_addresses": ["a@b.example"]})"), Texts{});
  EXPECT_EQ(secrets_of(ChannelKind::sms, R"({"phone_numbers": ["+15550100"]})"), Texts{});
}

TEST(ForEachSecret, LetsTheSecretBeReplaced) {
  boost::json::object configs{{"secret", "s"}, {"headers", {{"token", "t"}}}};
  for_each_secret(ChannelKind::webhook, configs, [](boost::json::string& secret) { secret = "x"; });
  EXPECT_EQ(configs, (boost::json::object{{"secret", "x"}, {"headers", {{"token", "x"}}}}));
}

TEST(SecretHeader, IsKnownByItsName) {
  for (const char* name : {"Authorization", "X-Auth", "x-api-key", "X-GitLab-Token", "Cookie",
                           "Client-Secret", "X-PASSWORD"}) {
    EXPECT_TRUE(is_secret_header(name)) << name;
  }
  for (const char* name : {"Content-Type", "X-Environment", "Accept"}) {
    EXPECT_FALSE(is_secret_header(name)) << name;
  }
}

TEST(Secret, IsMadeOf32Bytes) {
  testkit::SeededRandom random;
  const std::string secret = make_secret(random);
  EXPECT_TRUE(is_signing_secret(secret)) << secret;
  EXPECT_EQ(secret.size(), 6U + 44U);
}

TEST(Secret, HasBetween24And64Bytes) {
  for (const std::size_t bytes : {0U, 23U, 24U, 64U, 65U}) {
    const std::string secret = "whsec_" + base::to_base64(std::string(bytes, 'k'));
    EXPECT_EQ(is_signing_secret(secret), bytes >= 24 && bytes <= 64) << bytes;
  }
  EXPECT_FALSE(is_signing_secret(base::to_base64(std::string(32, 'k'))));
  EXPECT_FALSE(is_signing_secret("whsec_not*base64*not*base64*not*base64*not*base64"));
}

TEST(Secret, MayBeAnEd25519Key) {
  const std::string seed(32, 's');
  const std::string secret = "whsk_" + base::to_base64(seed);
  EXPECT_TRUE(is_signing_secret(secret));
  const std::string shown = public_key_of(secret).value_or("");
  ASSERT_TRUE(shown.starts_with("whpk_")) << shown;
  const std::string half = base::from_base64(shown.substr(5)).value_or("");
  EXPECT_EQ(public_key_of("whsk_" + base::to_base64(seed + half)), shown);
  EXPECT_FALSE(is_signing_secret("whsk_" + base::to_base64(seed + std::string(32, 'x'))));
  EXPECT_FALSE(is_signing_secret("whsk_" + base::to_base64(std::string(31, 's'))));
  EXPECT_FALSE(is_signing_secret(shown));  // it cannot sign
  EXPECT_FALSE(public_key_of("whsec_" + base::to_base64(seed)));
}

TEST(Rotation, MakesASecretOfTheSameKind) {
  testkit::SeededRandom random;
  const std::string old = "whsk_" + base::to_base64(std::string(32, 's'));
  Channel channel{.kind = ChannelKind::webhook, .configs = {{"secret", old}}};
  rotate_secret(channel, random, base::Time{}, base::Time{24h});
  const std::string secret{channel.configs["secret"].as_string()};
  EXPECT_TRUE(secret.starts_with("whsk_")) << secret;
  EXPECT_TRUE(is_signing_secret(secret));
  EXPECT_NE(public_key_of(secret), public_key_of(old));
}

TEST(Rotation, KeepsTheOldSecretSigningUntilItsTimeIsOver) {
  testkit::SeededRandom random;
  const base::Time start{1'000'000s};
  Channel channel{.kind = ChannelKind::webhook, .configs = {{"secret", "whsec_first"}}};
  rotate_secret(channel, random, start, start + 1h);
  EXPECT_TRUE(channel.has_generated_secret);
  const std::string second{channel.configs["secret"].as_string()};
  const auto valid = [&](base::Time at) {
    const auto views = valid_secrets(channel, at);
    return std::vector<std::string>(views.begin(), views.end());
  };
  EXPECT_EQ(valid(start), (std::vector<std::string>{second, "whsec_first"}));
  EXPECT_EQ(valid(start + 1h), std::vector<std::string>{second});
  rotate_secret(channel, random, start + 2h, start + 3h);
  EXPECT_EQ(valid(start + 2h).size(), 2U);
  EXPECT_EQ(channel.configs[kRetiredSecrets].as_array().size(), 1U);  // the first one is forgotten
}

TEST(Rotation, WithoutGraceEndsEverySecretBefore) {
  testkit::SeededRandom random;
  const base::Time start{1'000'000s};
  Channel channel{.kind = ChannelKind::webhook, .configs = {{"secret", "whsec_first"}}};
  rotate_secret(channel, random, start, start + 24h);
  rotate_secret(channel, random, start, start + 48h);
  EXPECT_EQ(valid_secrets(channel, start + 23h).size(), 3U);
  EXPECT_EQ(valid_secrets(channel, start + 47h).size(), 2U);  // a later grace lengthens no earlier one
  rotate_secret(channel, random, start, start);
  EXPECT_EQ(valid_secrets(channel, start).size(), 1U);
}

TEST(Rotation, RemembersABoundedNumberOfSecrets) {
  testkit::SeededRandom random;
  Channel channel{.kind = ChannelKind::webhook, .configs = {{"secret", "whsec_first"}}};
  for (int i = 0; i < 10; ++i) rotate_secret(channel, random, base::Time{}, base::Time{24h});
  EXPECT_EQ(valid_secrets(channel, base::Time{}).size(), 4U);
}

}  // namespace
}  // namespace sluice::domain
