// Whoever gets the files, but not the master key, neither reads a secret nor moves one elsewhere.
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <fstream>
#include <iterator>

#include "config_store/secret_seal.hpp"
#include "tests/server/config_store/store_rig.hpp"

namespace sluice::store {
namespace {

namespace json = boost::json;

// Each is a secret of a setting of its own.
constexpr const char* kSecrets[] = {"whsec_AAAAsigningAAAA", "whsec_BBBBretiredBBBB",
                                    "Bearer header-CCCC", "https://hooks.slack.com/services/DDDD",
                                    "xoxb-EEEE"};

domain::WebhookDraft draft_with_secrets() {
  domain::WebhookDraft draft = draft_of("orders");
  json::object& configs = draft.channels[0].configs;
  configs["secret"] = kSecrets[0];
  configs["retired_secrets"] =
      json::array{json::object{{"secret", kSecrets[1]}, {"valid_until", "2027-01-01T00:00:00Z"}}};
  configs["headers"] = json::object{{"x-plain", "visible"}, {"Authorization", kSecrets[2]}};
  draft.channels.push_back(slack_channel(kSecrets[3]));
  domain::Channel bot;
  bot.kind = domain::ChannelKind::slack;
  bot.configs = {{"bot_token", kSecrets[4]}, {"channel_id", "C1"}};
  draft.channels.push_back(bot);
  return draft;
}

struct SealedSecretsTest : testing::Test, StoreRig {
  std::string bytes_of_files() const {
    std::string all;
    for (const auto& entry : std::filesystem::directory_iterator(directory.path())) {
      std::ifstream file(entry.path(), std::ios::binary);
      all.append(std::istreambuf_iterator<char>(file), {});
    }
    return all;
  }
  /// Runs SQL on the file, as somebody who got at it would.
  void tamper(const std::string& sql) const { Database(path, Database::Use::write).execute(sql); }
  StoreError::Kind kind_of_failure(const std::string& webhook_id) {
    try {
      store->webhooks().find(organisation, webhook_id);
    } catch (const StoreError& error) {
      EXPECT_NE(std::string(error.what()).find(webhook_id), std::string::npos);
      return error.kind();
    }
    ADD_FAILURE() << "nothing was thrown";
    return StoreError::Kind::other;
  }
  std::uint32_t organisation = make_organisation();
};

TEST_F(SealedSecretsTest, AreNowhereInTheFiles) {
  const auto made = store->webhooks().create(organisation, draft_with_secrets());
  domain::WebhookDraft changed = draft_with_secrets();
  changed.name = "renamed";
  store->webhooks().replace(organisation, made.webhook_id, changed);
  for (int round = 0; round < 2; ++round) {
    const std::string all = bytes_of_files();
    EXPECT_NE(all.find("visible"), std::string::npos);
    for (const char* part : {"AAAA", "BBBB", "CCCC", "DDDD", "EEEE"})
      EXPECT_EQ(all.find(std::string_view(part)), std::string::npos) << part;
    store.reset();  // moves the log into the file
  }
  reopen();
  const auto found = store->webhooks().find(organisation, made.webhook_id);
  EXPECT_TRUE(domain::have_same_content(found->draft, changed));
}

TEST_F(SealedSecretsTest, DoNotOpenForAnotherWebhookOrChannel) {
  const auto one = store->webhooks().create(organisation, draft_with_secrets());
  const auto two = store->webhooks().create(organisation, draft_with_secrets());
  tamper("UPDATE channels SET configs = (SELECT configs FROM channels WHERE number = " +
         std::to_string(one.draft.channels[0].number) +
         ") WHERE number = " + std::to_string(two.draft.channels[0].number));
  EXPECT_EQ(kind_of_failure(two.webhook_id), StoreError::Kind::wrong_key);
  EXPECT_TRUE(store->webhooks().find(organisation, one.webhook_id));
  tamper("UPDATE webhooks SET webhook_id = 'wh_0123456789' WHERE number = " +
         std::to_string(one.number));
  EXPECT_EQ(kind_of_failure("wh_0123456789"), StoreError::Kind::wrong_key);
}

TEST_F(SealedSecretsTest, DoNotOpenInAnotherSetting) {
  const SecretSeal seal(vault, "wh_0123456789", 5);
  json::object configs = draft_with_secrets().channels[0].configs;
  const std::string sealed = seal.seal(domain::ChannelKind::webhook, configs);
  json::object opened;
  EXPECT_TRUE(seal.open(domain::ChannelKind::webhook, sealed, opened));
  EXPECT_EQ(opened, configs);

  json::object swapped = json::parse(sealed).as_object();
  std::swap(swapped["secret"], swapped["headers"].as_object()["Authorization"]);
  EXPECT_FALSE(seal.open(domain::ChannelKind::webhook, json::serialize(swapped), opened));
  swapped = json::parse(sealed).as_object();
  std::swap(swapped["secret"], swapped["retired_secrets"].as_array()[0].as_object()["secret"]);
  EXPECT_FALSE(seal.open(domain::ChannelKind::webhook, json::serialize(swapped), opened));
}

// Boost.JSON reads 32 levels unless it is told otherwise; api.max_json_depth may be 256.
TEST_F(SealedSecretsTest, SettingsAsDeepAsTheyMayBeOpen) {
  domain::WebhookDraft draft = draft_with_secrets();
  json::value deep = "end";
  for (int level = 0; level < 250; ++level) deep = json::object{{"a", std::move(deep)}};
  draft.channels[0].configs["payload_template"] = deep;
  const std::string id = store->webhooks().create(organisation, draft).webhook_id;
  const auto found = store->webhooks().find(organisation, id);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->draft.channels[0].configs.at("payload_template"), deep);
}

TEST_F(SealedSecretsTest, TextThatIsNoSettingsDoesNotOpen) {
  const SecretSeal seal(vault, "wh_0123456789", 5);
  json::object opened;
  for (const char* text :
       {"", "{", "[]", "1", R"({"secret":"in clear"})", R"({"secret":"v1:AAAA"})"})
    EXPECT_FALSE(seal.open(domain::ChannelKind::webhook, text, opened)) << text;
}

TEST_F(SealedSecretsTest, AnotherMasterKeyIsNoticedAtOnce) {
  store->webhooks().create(organisation, draft_with_secrets());
  store.reset();
  const base::Vault other{test_key(8)};
  try {
    const ConfigStore opened(path, other, clock, random);
    ADD_FAILURE();
  } catch (const StoreError& error) {
    EXPECT_EQ(error.kind(), StoreError::Kind::wrong_key);
    EXPECT_NE(std::string(error.what()).find(path), std::string::npos);
  }
  reopen();  // the right one is as good as ever
}

}  // namespace
}  // namespace sluice::store
