// A webhook is kept whole; its time, version and channel numbers move exactly when they should.
#include "config_store/webhooks.hpp"

#include <gtest/gtest.h>

#include "tests/server/config_store/store_rig.hpp"

namespace sluice::store {
namespace {

using domain::Webhook;
using domain::WebhookDraft;
using ReplaceError = Webhooks::ReplaceError;

domain::WebhookHealth failing(std::uint32_t times) {
  domain::WebhookHealth health;
  health.consecutive_failures = times;
  health.failing_since = base::Time{std::chrono::seconds{times}};
  return health;
}

struct WebhooksTest : testing::Test, StoreRig {
  Webhooks& webhooks() { return store->webhooks(); }
  Webhook replaced(const Webhook& webhook, const WebhookDraft& draft) {
    return std::get<Webhook>(webhooks().replace(organisation, webhook.webhook_id, draft));
  }
  std::uint32_t organisation = make_organisation();
};

TEST_F(WebhooksTest, EverythingComesBack) {
  WebhookDraft draft = draft_of("orders", {"order.*", "**", "user.created"});
  draft.description = "what \"we\" send\nhome";
  draft.is_active = false;
  domain::Channel email;
  email.kind = domain::ChannelKind::email;
  email.configs = {{"to_addresses", {"a@example.com"}}, {"subject_template", "{{ event_type }}"}};
  draft.channels.push_back(slack_channel("https://hooks.slack.com/services/T/B/x"));
  draft.channels.push_back(email);
  const Webhook made = webhooks().create(organisation, draft);
  EXPECT_TRUE(made.webhook_id.starts_with("wh_"));
  reopen();

  for (const auto& found :
       {webhooks().find(organisation, made.webhook_id), webhooks().find_by_number(made.number)}) {
    ASSERT_TRUE(found);
    EXPECT_TRUE(domain::have_same_content(found->draft, draft));
    EXPECT_EQ(found->number, made.number);
    EXPECT_EQ(found->webhook_id, made.webhook_id);
    EXPECT_EQ(found->organisation, organisation);
    EXPECT_EQ(found->created_at, clock.now());
    EXPECT_EQ(found->updated_at, clock.now());
    EXPECT_EQ(found->version, 1U);
    EXPECT_FALSE(found->health.last_error || found->health.last_success_at ||
                 found->health.disabled_reason);
    ASSERT_EQ(found->draft.channels.size(), 3U);
    for (std::size_t i = 0; i < 3; ++i)
      EXPECT_EQ(found->draft.channels[i].number, made.draft.channels[i].number);
  }
}

TEST_F(WebhooksTest, AnotherOrganisationFindsNothing) {
  const Webhook made = webhooks().create(organisation, draft_of("orders"));
  const std::uint32_t other = make_organisation("other");
  EXPECT_FALSE(webhooks().find(other, made.webhook_id));
  EXPECT_FALSE(webhooks().erase(other, made.webhook_id));
  EXPECT_TRUE(webhooks().ids_by_name(other, "orders").empty());
  const auto result = webhooks().replace(other, made.webhook_id, draft_of("stolen"));
  EXPECT_EQ(std::get<ReplaceError>(result), ReplaceError::not_found);
  EXPECT_EQ(webhooks().find(organisation, made.webhook_id)->draft.name, "orders");
}

TEST_F(WebhooksTest, UpdatedAtMovesWithTheContentAndNotOtherwise) {
  const WebhookDraft original = draft_of("orders", {"order.*", "user.*"});
  Webhook webhook = webhooks().create(organisation, original);
  const base::Time created_at = clock.now();

  clock.advance(std::chrono::minutes{1});
  webhook = replaced(webhook, original);
  EXPECT_EQ(webhook.updated_at, created_at);
  EXPECT_EQ(webhook.version, 1U);

  std::vector<WebhookDraft> changes(5, original);
  changes[0].name = "renamed";
  changes[1].description = "described";
  changes[2].event_types.pop_back();
  changes[3].is_active = false;
  changes[4].channels[0].configs["timeout"] = 20;
  std::uint64_t version = 1;
  for (const WebhookDraft& change : changes) {
    clock.advance(std::chrono::minutes{1});
    webhook = replaced(webhook, change);
    EXPECT_EQ(webhook.updated_at, clock.now());
    EXPECT_EQ(webhook.version, ++version);
    const auto found = webhooks().find(organisation, webhook.webhook_id);
    EXPECT_TRUE(domain::have_same_content(found->draft, change));
    EXPECT_EQ(found->updated_at, clock.now());
    EXPECT_EQ(found->created_at, created_at);
    EXPECT_EQ(found->version, version);
  }
}

TEST_F(WebhooksTest, UpdatedAtNeverGoesBack) {
  const Webhook made = webhooks().create(organisation, draft_of("orders"));
  clock.set(made.updated_at - std::chrono::hours{1});
  WebhookDraft draft = draft_of("orders");
  draft.is_active = false;
  EXPECT_EQ(replaced(made, draft).updated_at, made.updated_at);
}

TEST_F(WebhooksTest, ALostUpdateIsRefused) {
  const Webhook made = webhooks().create(organisation, draft_of("orders"));
  const auto first = webhooks().replace(organisation, made.webhook_id, draft_of("a"), made.version);
  ASSERT_TRUE(std::holds_alternative<Webhook>(first));
  const auto lost = webhooks().replace(organisation, made.webhook_id, draft_of("b"), made.version);
  EXPECT_EQ(std::get<ReplaceError>(lost), ReplaceError::version_mismatch);
  EXPECT_EQ(webhooks().find(organisation, made.webhook_id)->draft.name, "a");
}

TEST_F(WebhooksTest, AnEditedChannelKeepsItsNumberAtItsPlaceOnly) {
  WebhookDraft draft = draft_of("orders");
  draft.channels = {webhook_channel("https://a.example"), webhook_channel("https://b.example")};
  const auto before = webhooks().create(organisation, draft);
  draft.channels = {webhook_channel("https://a.example/new"), slack_channel("https://b.example"),
                    webhook_channel("https://c.example")};
  const auto after = replaced(before, draft).draft.channels;
  EXPECT_EQ(after[0].number, before.draft.channels[0].number);
  for (const auto& old : before.draft.channels) {
    EXPECT_NE(after[1].number, old.number);
    EXPECT_NE(after[2].number, old.number);
  }
}

TEST_F(WebhooksTest, AChannelKeepsItsNumberWhileKindAndTargetStay) {
  WebhookDraft draft = draft_of("orders");
  draft.channels = {webhook_channel("https://a.example"), webhook_channel("https://b.example"),
                    slack_channel("https://a.example")};
  const Webhook made = webhooks().create(organisation, draft);
  const auto& before = made.draft.channels;
  EXPECT_NE(before[0].number, before[1].number);

  // Another order, another setting, one gone, one more.
  draft.channels = {slack_channel("https://a.example"), slack_channel("https://c.example"),
                    webhook_channel("https://a.example")};
  draft.channels[2].configs["timeout"] = 33;
  const Webhook after = replaced(made, draft);
  const auto& channels = after.draft.channels;
  EXPECT_EQ(channels[0].number, before[2].number);
  EXPECT_EQ(channels[2].number, before[0].number);
  for (const auto& old : before) EXPECT_NE(channels[1].number, old.number);

  const auto found = webhooks().find(organisation, made.webhook_id);
  ASSERT_EQ(found->draft.channels.size(), 3U);
  for (std::size_t i = 0; i < 3; ++i)
    EXPECT_EQ(found->draft.channels[i].number, channels[i].number);
  EXPECT_TRUE(domain::have_same_content(found->draft, draft));
}

TEST_F(WebhooksTest, TwoChannelsWithOneTargetHaveANumberEach) {
  WebhookDraft draft = draft_of("orders");
  draft.channels = {webhook_channel("https://a.example"), webhook_channel("https://a.example")};
  const Webhook made = webhooks().create(organisation, draft);
  draft.name = "renamed";
  const Webhook after = replaced(made, draft);
  EXPECT_EQ(after.draft.channels[0].number, made.draft.channels[0].number);
  EXPECT_EQ(after.draft.channels[1].number, made.draft.channels[1].number);
}

TEST_F(WebhooksTest, NumbersAreNeverUsedAgain) {
  const Webhook first = webhooks().create(organisation, draft_of("first"));
  const Webhook last = webhooks().create(organisation, draft_of("last"));
  EXPECT_EQ(webhooks().erase(organisation, last.webhook_id), last.number);
  EXPECT_EQ(webhooks().erase(organisation, first.webhook_id), first.number);
  reopen();
  const Webhook next = webhooks().create(organisation, draft_of("next"));
  EXPECT_GT(next.number, last.number);
  EXPECT_GT(next.draft.channels[0].number, last.draft.channels[0].number);
}

TEST_F(WebhooksTest, RemembersWhoErasedWhat) {
  const auto other = store->organisations().create("another")->number;
  const Webhook made = webhooks().create(organisation, draft_of("orders"));
  EXPECT_FALSE(webhooks().was_erased(organisation, made.webhook_id));
  webhooks().erase(organisation, made.webhook_id);
  EXPECT_TRUE(webhooks().was_erased(organisation, made.webhook_id));
  EXPECT_FALSE(webhooks().was_erased(other, made.webhook_id));
  EXPECT_FALSE(webhooks().was_erased(organisation, "wh_0123456789"));
}

TEST_F(WebhooksTest, ErasingTwiceFindsNothingTheSecondTime) {
  const Webhook made = webhooks().create(organisation, draft_of("orders"));
  EXPECT_EQ(webhooks().erase(organisation, made.webhook_id), made.number);
  EXPECT_FALSE(webhooks().erase(organisation, made.webhook_id));
  EXPECT_FALSE(webhooks().find(organisation, made.webhook_id));
  EXPECT_FALSE(webhooks().find_by_number(made.number));
}

TEST_F(WebhooksTest, AreFoundByName) {
  const Webhook first = webhooks().create(organisation, draft_of("twin"));
  const Webhook second = webhooks().create(organisation, draft_of("twin"));
  webhooks().create(organisation, draft_of("other"));
  EXPECT_EQ(webhooks().ids_by_name(organisation, "twin"),
            (std::vector{second.webhook_id, first.webhook_id}));
  EXPECT_EQ(webhooks().ids_by_name(organisation, "twin", 1).size(), 1U);
  EXPECT_TRUE(webhooks().ids_by_name(organisation, "Twin").empty());
}

TEST_F(WebhooksTest, DisablingSaysWhyUntilItIsActiveAgain) {
  const Webhook made = webhooks().create(organisation, draft_of("orders"));
  clock.advance(std::chrono::minutes{1});
  EXPECT_TRUE(webhooks().disable(made.number, "the receiver answered 410"));
  EXPECT_FALSE(webhooks().disable(made.number, "again"));
  EXPECT_FALSE(webhooks().disable(made.number + 1, "unknown"));
  auto found = webhooks().find(organisation, made.webhook_id);
  EXPECT_FALSE(found->draft.is_active);
  EXPECT_EQ(found->health.disabled_reason, "the receiver answered 410");
  EXPECT_EQ(found->updated_at, clock.now());
  EXPECT_EQ(found->version, 2U);

  webhooks().update_health(std::vector<HealthUpdate>{{made.number, failing(9)}});
  WebhookDraft draft = draft_of("renamed");
  draft.is_active = false;
  EXPECT_EQ(replaced(made, draft).health.disabled_reason, "the receiver answered 410");
  draft.is_active = true;
  const Webhook active = replaced(made, draft);
  EXPECT_FALSE(active.health.disabled_reason);
  found = webhooks().find(organisation, made.webhook_id);
  EXPECT_FALSE(found->health.disabled_reason);
  EXPECT_EQ(found->health.consecutive_failures, 0U);
  EXPECT_FALSE(found->health.failing_since);
}

TEST_F(WebhooksTest, HealthIsKeptAndMovesNothingElse) {
  const Webhook one = webhooks().create(organisation, draft_of("one"));
  const Webhook two = webhooks().create(organisation, draft_of("two"));
  const Webhook gone = webhooks().create(organisation, draft_of("gone"));
  webhooks().erase(organisation, gone.webhook_id);
  const base::Time at = clock.now();
  clock.advance(std::chrono::minutes{1});

  domain::WebhookHealth bad = failing(3);
  bad.last_error = {"timeout", at, domain::ChannelKind::slack, 503, "evt_1"};
  domain::WebhookHealth good;
  good.last_success_at = at;
  webhooks().update_health(
      std::vector<HealthUpdate>{{gone.number, bad}, {one.number, bad}, {two.number, good}});

  auto found = webhooks().find(organisation, one.webhook_id);
  EXPECT_EQ(found->health.consecutive_failures, 3U);
  EXPECT_EQ(found->health.failing_since, base::Time{std::chrono::seconds{3}});
  ASSERT_TRUE(found->health.last_error);
  EXPECT_EQ(found->health.last_error->message, "timeout");
  EXPECT_EQ(found->health.last_error->at, at);
  EXPECT_EQ(found->health.last_error->channel, domain::ChannelKind::slack);
  EXPECT_EQ(found->health.last_error->status_code, 503);
  EXPECT_EQ(found->health.last_error->event_id, "evt_1");
  EXPECT_EQ(found->updated_at, one.updated_at);
  EXPECT_EQ(found->version, 1U);
  EXPECT_EQ(webhooks().find(organisation, two.webhook_id)->health.last_success_at, at);

  webhooks().update_health(std::vector<HealthUpdate>{{one.number, good}});
  found = webhooks().find(organisation, one.webhook_id);
  EXPECT_FALSE(found->health.last_error);
  EXPECT_EQ(found->health.last_success_at, at);
}

TEST_F(WebhooksTest, HealthOfManyIsKeptWhole) {
  std::vector<HealthUpdate> updates;
  for (std::uint32_t i = 0; i < 450; ++i)
    updates.push_back({webhooks().create(organisation, draft_of("w")).number, failing(i + 1)});
  webhooks().update_health(updates);
  for (const HealthUpdate& update : updates)
    EXPECT_EQ(webhooks().find_by_number(update.webhook)->health.consecutive_failures,
              update.health.consecutive_failures);
}

}  // namespace
}  // namespace sluice::store
