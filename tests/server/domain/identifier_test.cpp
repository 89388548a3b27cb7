// What the service makes up has the promised form, and lives as long as promised.
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <chrono>
#include <set>

#include "domain/api_key.hpp"
#include "domain/organisation.hpp"
#include "domain/webhook.hpp"
#include "tests/server/support/seeded_random.hpp"

namespace sluice::domain {
namespace {

using namespace std::chrono_literals;

bool has_form(std::string_view text, std::string_view prefix, std::size_t characters) {
  const auto is_alphanumeric = [](unsigned char c) { return c < 0x80 && std::isalnum(c) != 0; };
  return text.starts_with(prefix) && text.size() == prefix.size() + characters &&
         std::ranges::all_of(text.substr(prefix.size()), is_alphanumeric);
}

TEST(Identifier, HasTheFormOfItsKind) {
  testkit::SeededRandom random;
  EXPECT_TRUE(has_form(make_webhook_id(random), "wh_", 10));
  EXPECT_TRUE(has_form(make_internal_id(random), "int_", 24));
  EXPECT_TRUE(has_form(make_api_key(random), "sk_", 32));
}

TEST(Identifier, IsAnotherOneEachTime) {
  testkit::SeededRandom random;
  std::set<std::string> ids;
  for (int i = 0; i < 1000; ++i) ids.insert(make_webhook_id(random));
  EXPECT_EQ(ids.size(), 1000U);
}

TEST(Identifier, IsKnownByItsForm) {
  testkit::SeededRandom random;
  const std::string key = make_api_key(random);
  EXPECT_TRUE(is_api_key(key));
  for (const std::string& text : {std::string{}, std::string{"sk_"}, key + "a", key.substr(1),
                                  key.substr(0, key.size() - 1), "S" + key.substr(1),
                                  key.substr(0, key.size() - 1) + "-"})
    EXPECT_FALSE(is_api_key(text)) << text;
}

TEST(ApiKey, IsValidUntilItExpiresOrIsRevoked) {
  const base::Time now{1'000'000s};
  ApiKey key;
  EXPECT_TRUE(key.is_valid_at(now));
  key.expires_at = now + 1us;
  EXPECT_TRUE(key.is_valid_at(now));
  key.expires_at = now;
  EXPECT_FALSE(key.is_valid_at(now));
  key.expires_at.reset();
  key.revoked_at = now + 1h;
  EXPECT_FALSE(key.is_valid_at(now));
}

TEST(WebhookDraft, HasOtherContentWhenAnyFieldDiffers) {
  const WebhookDraft draft{.name = "n",
                           .description = "d",
                           .event_types = {"a.b"},
                           .channels = {Channel{.kind = ChannelKind::sms, .configs = {}}},
                           .is_active = true};
  EXPECT_TRUE(have_same_content(draft, draft));
  const auto differs_by = [&](auto change) {
    WebhookDraft other = draft;
    change(other);
    return !have_same_content(draft, other);
  };
  EXPECT_TRUE(differs_by([](WebhookDraft& d) { d.name = "m"; }));
  EXPECT_TRUE(differs_by([](WebhookDraft& d) { d.description.reset(); }));
  EXPECT_TRUE(differs_by([](WebhookDraft& d) { d.event_types.emplace_back("c"); }));
  EXPECT_TRUE(differs_by([](WebhookDraft& d) { d.is_active = false; }));
  EXPECT_TRUE(differs_by([](WebhookDraft& d) { d.channels.emplace_back(); }));
  EXPECT_TRUE(differs_by([](WebhookDraft& d) { d.channels[0].configs["x"] = 1; }));
  EXPECT_FALSE(differs_by([](WebhookDraft& d) { d.channels[0].number = 9; }));
}

}  // namespace
}  // namespace sluice::domain
