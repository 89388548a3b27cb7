// The dispatcher's view of a webhook is what the configuration holds, also after a time when it could
// not be read.
#include "delivery/production/store_targets.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "config_store/database.hpp"
#include "tests/server/config_store/store_rig.hpp"
#include "tests/server/delivery/simulation/sim_loop.hpp"

namespace sluice::delivery {
namespace {

struct StoreTargetsTest : testing::Test, store::StoreRig {
  StoreTargets targets{store->webhooks(), loop};
  std::vector<std::optional<WebhookTargets>> given;

  void load(std::uint32_t webhook) {
    targets.load(webhook, [this](std::optional<WebhookTargets> found) {
      given.push_back(std::move(found));
    });
  }

  testkit::SimLoop loop;
};

TEST_F(StoreTargetsTest, GiveEveryChannelWithItsSecretsAndTheHealth) {
  store::Webhooks& webhooks = store->webhooks();
  domain::WebhookDraft draft = store::draft_of("orders");
  draft.channels.push_back(store::slack_channel("https://hooks.slack.com/services/T/B/x"));
  const std::uint32_t organisation = make_organisation();
  const domain::Webhook made = webhooks.create(organisation, draft);
  store::HealthUpdate update{made.number, {}};
  update.health.consecutive_failures = 4;
  update.health.failing_since = clock.now();
  webhooks.update_health({&update, 1});

  load(made.number);
  ASSERT_EQ(given.size(), 1U);
  ASSERT_TRUE(given[0]);
  const WebhookTargets& found = *given[0];
  EXPECT_TRUE(found.is_active);
  EXPECT_EQ(found.organisation, organisation);
  EXPECT_EQ(found.health.webhook, made.number);
  EXPECT_EQ(found.health.consecutive_failures, 4U);
  EXPECT_EQ(found.health.failing_since, clock.now());
  ASSERT_EQ(found.channels.size(), 2U);
  for (std::size_t i = 0; i < 2; ++i) {
    const DeliveryTarget& target = *found.channels[i];
    EXPECT_EQ(target.webhook, made.number);
    EXPECT_EQ(target.webhook_id, made.webhook_id);
    EXPECT_EQ(target.webhook_name, "orders");
    EXPECT_EQ(target.organisation, organisation);
    EXPECT_EQ(target.channel.number, made.draft.channels[i].number);
  }
  EXPECT_EQ(found.channels[0]->channel.configs.at("secret").as_string(), "whsec_orders");
  EXPECT_EQ(found.channels[1]->channel.kind, domain::ChannelKind::slack);
}

TEST_F(StoreTargetsTest, KnowThatAWebhookIsPausedOrGone) {
  const std::uint32_t organisation = make_organisation();
  const domain::Webhook made = store->webhooks().create(organisation, store::draft_of("orders"));
  store->webhooks().disable(made.number, "it only failed");
  load(made.number);
  ASSERT_TRUE(given.size() == 1 && given[0]);
  EXPECT_FALSE(given[0]->is_active);
  store->webhooks().erase(organisation, made.webhook_id);
  load(made.number);
  ASSERT_EQ(given.size(), 2U);
  EXPECT_FALSE(given[1]);
}

TEST_F(StoreTargetsTest, TryAgainWhatCannotBeRead) {
  const domain::Webhook made =
      store->webhooks().create(make_organisation(), store::draft_of("orders"));
  store::Database intruder(path, store::Database::Use::write);
  intruder.execute("ALTER TABLE webhooks RENAME TO elsewhere");
  load(made.number);
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(loop.step());
  EXPECT_TRUE(given.empty());
  intruder.execute("ALTER TABLE elsewhere RENAME TO webhooks");
  ASSERT_TRUE(loop.step());
  ASSERT_EQ(given.size(), 1U);
  EXPECT_TRUE(given[0]);
  EXPECT_TRUE(loop.is_idle());
}

}  // namespace
}  // namespace sluice::delivery
