// Secrets on their way out and back in: masked in responses, kept when the mask comes back, and
// never lent to another host.
#include <gtest/gtest.h>

#include <boost/json/serialize.hpp>
#include <chrono>

#include "domain/mask.hpp"
#include "domain/merge_patch.hpp"
#include "domain/secret.hpp"
#include "domain/webhook_view.hpp"
#include "tests/server/domain/webhook_requests.hpp"

namespace sluice::domain {
namespace {

using namespace std::chrono_literals;
using boost::json::object;
using testkit::Reading;
using testkit::request;
using testkit::summary;
using Lines = std::vector<std::string>;

constexpr std::string_view kSecret = "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIz";

Webhook stored(const boost::json::value& body) {
  Webhook webhook;
  webhook.webhook_id = "wh_abc123def4";
  webhook.draft = Reading{}.good(body);
  return webhook;
}

object two_channels() {
  object body = request("webhook", R"({"url": "https://a.example/hook",
      "headers": {"Authorization": "Bearer abcdefghijklmnop", "X-Env": "test"},
      "secret": "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIz"})");
  body["channels"].as_array().push_back(
      {{"channel", "slack"},
       {"configs", {{"webhook_url", "https://hooks.slack.com/services/T000/B000/abcdefgh"}}}});
  return body;
}

object& configs(object& body, std::size_t channel) {
  return body["channels"].at(channel).at("configs").as_object();
}

TEST(Mask, ShowsAFewCharactersOfLongSecretsOnly) {
  EXPECT_EQ(mask_of("short"), "****");
  EXPECT_EQ(mask_of(std::string(19, 'x')), "****");
  EXPECT_EQ(mask_of("0123456789abcdefwxyz"), "****wxyz");
  EXPECT_EQ(mask_of_url("https://hooks.slack.com/services/T000/B000/abcdefgh"),
            "https://hooks.slack.com/****efgh");
  EXPECT_EQ(mask_of_url("http://localhost:8080/x?y"), "http://localhost:8080/****");
}

TEST(Mask, IsKnownWhenItComesBack) {
  for (const char* text :
       {"****", "****wxyz", "https://hooks.slack.com/****efgh", "http://localhost:8080/****"}) {
    EXPECT_TRUE(is_mask(text)) << text;
  }
  for (const char* text : {"", "***", "whsec_****", "https://hooks.slack.com/services/****",
                           "https://hooks.slack.com", "https://****"}) {
    EXPECT_FALSE(is_mask(text)) << text;
  }
}

TEST(ShowWebhook, HidesEverySecret) {
  sluice::testkit::SeededRandom random;
  Webhook webhook = stored(two_channels());
  rotate_secret(webhook.draft.channels[0], random, base::Time{}, base::Time{24h});
  webhook.draft.channels[0].has_generated_secret = false;
  const std::string shown = boost::json::serialize(show_webhook(webhook, Reveal::masked));
  for (const char* secret : {"MDEyMzQ1", "abcdefgh", "T000", "retired"}) {
    EXPECT_EQ(shown.find(secret), std::string::npos) << secret << " in " << shown;
  }
  EXPECT_NE(shown.find("\"Authorization\":\"****mnop\""), std::string::npos) << shown;
  EXPECT_NE(shown.find("\"X-Env\":\"test\""), std::string::npos) << shown;
  EXPECT_NE(shown.find("https://hooks.slack.com/****efgh"), std::string::npos) << shown;
}

TEST(ShowWebhook, RevealsOnlyWhatItsWriteGenerated) {
  const auto secret_shown = [](const object& body, Reveal secrets) {
    const object shown = show_webhook(stored(body), secrets);
    return std::string{shown.at("channels").at(0).at("configs").at("secret").as_string()};
  };
  const object generated = request("webhook", R"({"url": "https://a.example/"})");
  EXPECT_TRUE(is_signing_secret(secret_shown(generated, Reveal::generated_secret)));
  EXPECT_TRUE(is_mask(secret_shown(generated, Reveal::masked)));
  EXPECT_TRUE(is_mask(secret_shown(two_channels(), Reveal::generated_secret)));  // the caller's own
}

TEST(ShowWebhook, HasExactlyTheFieldsOfTheApi) {
  Webhook webhook = stored(request("sms", R"({"phone_numbers": ["+15550100123"]})"));
  webhook.created_at = webhook.updated_at = base::Time{1'000'000s};
  EXPECT_EQ(show_webhook(webhook, Reveal::masked), boost::json::parse(R"({
      "webhook_id": "wh_abc123def4", "webhook_name": "Audit", "description": null,
      "event_types": ["object.created"],
      "channels": [{"channel": "sms", "configs": {"phone_numbers": ["+15550100123"]}}],
      "is_active": true, "created_at": "1970-01-12T13:46:40.000000Z",
      "updated_at": "1970-01-12T13:46:40.000000Z", "last_error": null, "last_success_at": null,
      "consecutive_failures": 0, "disabled_reason": null})"));
  webhook.health = {.last_error = LastError{.message = "HTTP 500",
                                            .at = base::Time{1s},
                                            .channel = ChannelKind::sms,
                                            .status_code = 500,
                                            .event_id = "evt_1"},
                    .last_success_at = base::Time{2s},
                    .consecutive_failures = 3,
                    .failing_since = base::Time{1s},
                    .disabled_reason = "gone"};
  const object shown = show_webhook(webhook, Reveal::masked);
  EXPECT_EQ(shown.at("last_error"), boost::json::parse(R"({
      "message": "HTTP 500", "at": "1970-01-01T00:00:01.000000Z", "channel": "sms",
      "status_code": 500, "event_id": "evt_1"})"));
  EXPECT_EQ(shown.at("last_success_at"), "1970-01-01T00:00:02.000000Z");
  EXPECT_EQ(shown.at("consecutive_failures"), 3);
  EXPECT_EQ(shown.at("disabled_reason"), "gone");
}

TEST(StoredSecrets, AreKeptWhenWhatWasShownComesBack) {
  const Webhook webhook = stored(two_channels());
  const object shown = show_webhook(webhook, Reveal::masked);
  EXPECT_TRUE(have_same_content(Reading{}.good(shown, &webhook), webhook.draft));
}

TEST(StoredSecrets, AreKeptByAPatchOfSomethingElse) {
  const Webhook webhook = stored(two_channels());
  const auto patched = merge_patch(show_webhook(webhook, Reveal::masked),
                                   boost::json::parse(R"({"webhook_name": "Renamed"})"));
  const WebhookDraft draft = Reading{}.good(patched, &webhook);
  EXPECT_EQ(draft.name, "Renamed");
  EXPECT_TRUE(have_same_content(draft.channels[0], webhook.draft.channels[0]));
  EXPECT_TRUE(have_same_content(draft.channels[1], webhook.draft.channels[1]));
}

TEST(StoredSecrets, FollowTheirChannelToAnotherPlace) {
  const Webhook webhook = stored(two_channels());
  object shown = show_webhook(webhook, Reveal::masked);
  boost::json::array& channels = shown["channels"].as_array();
  std::swap(channels[0], channels[1]);
  const WebhookDraft swapped = Reading{}.good(shown, &webhook);
  EXPECT_TRUE(have_same_content(swapped.channels[0], webhook.draft.channels[1]));
  EXPECT_TRUE(have_same_content(swapped.channels[1], webhook.draft.channels[0]));
  channels.erase(channels.begin() + 1);
  EXPECT_EQ(Reading{}.good(shown, &webhook).channels.size(), 1U);
}

TEST(StoredSecrets, AreKeptWhenASigningSecretIsLeftOut) {
  const Webhook webhook = stored(two_channels());
  object shown = show_webhook(webhook, Reveal::masked);
  configs(shown, 0).erase("secret");
  const WebhookDraft draft = Reading{}.good(shown, &webhook);
  EXPECT_EQ(draft.channels[0].configs.at("secret").as_string(), kSecret);
  EXPECT_FALSE(draft.channels[0].has_generated_secret);
}

TEST(StoredSecrets, AreReplacedByNewOnes) {
  sluice::testkit::SeededRandom random;
  Webhook webhook = stored(two_channels());
  rotate_secret(webhook.draft.channels[0], random, base::Time{}, base::Time{24h});
  object shown = show_webhook(webhook, Reveal::masked);
  EXPECT_TRUE(Reading{}.good(shown, &webhook).channels[0].configs.contains(kRetiredSecrets));
  configs(shown, 0)["secret"] = boost::json::value(kSecret);
  configs(shown, 1)["webhook_url"] = "https://hooks.slack.com/services/new";
  const WebhookDraft draft = Reading{}.good(shown, &webhook);
  EXPECT_EQ(draft.channels[0].configs.at("secret").as_string(), kSecret);
  EXPECT_FALSE(draft.channels[0].configs.contains(kRetiredSecrets));
  EXPECT_EQ(draft.channels[1].configs.at("webhook_url"), "https://hooks.slack.com/services/new");
}

TEST(StoredSecrets, AreNeverLentToAnotherHost) {
  const Webhook webhook = stored(two_channels());
  object shown = show_webhook(webhook, Reveal::masked);
  for (const char* url :
       {"https://evil.example/hook", "https://a.example:444/hook", "http://allowed.example/hook"}) {
    configs(shown, 0)["url"] = url;
    EXPECT_EQ(summary(Reading{}.errors(shown, &webhook)),
              Lines{"value_error at channels.0.configs.headers.Authorization"})
        << url;
  }
  configs(shown, 0)["url"] = "https://a.example/another/path";
  EXPECT_EQ(Reading{}.good(shown, &webhook).channels[0].configs.at("headers").at("Authorization"),
            "Bearer abcdefghijklmnop");
}

TEST(StoredSecrets, AreNotMadeUpForMasksThatFitNothing) {
  const Webhook webhook = stored(two_channels());
  object shown = show_webhook(webhook, Reveal::masked);
  configs(shown, 0)["secret"] = "****0000";
  configs(shown, 0)["headers"].as_object()["Authorization"] = "****0000";
  configs(shown, 1)["webhook_url"] = "https://hooks.slack.com/****0000";
  EXPECT_EQ(summary(Reading{}.errors(shown, &webhook)),
            (Lines{"value_error at channels.0.configs.headers.Authorization",
                   "value_error at channels.0.configs.secret",
                   "value_error at channels.1.configs.webhook_url"}));
  EXPECT_FALSE(Reading{}.errors(show_webhook(webhook, Reveal::masked)).empty());  // a create
}

TEST(StoredSecrets, AreTheOnesOfTheChannelWithTheSameTarget) {
  object body =
      request("webhook", R"({"url": "https://a.example/", "headers": {"token": "short-a"}})");
  body["channels"].as_array().push_back(boost::json::parse(
      R"({"channel": "webhook", "configs": {"url": "https://b.example/", "headers": {"token": "short-b"}}})"));
  const Webhook webhook = stored(body);
  object shown = show_webhook(webhook, Reveal::masked);
  boost::json::array& channels = shown["channels"].as_array();
  channels.erase(channels.begin());
  const WebhookDraft draft = Reading{}.good(shown, &webhook);
  EXPECT_TRUE(have_same_content(draft.channels[0], webhook.draft.channels[1]));
}

}  // namespace
}  // namespace sluice::domain
