// What the dispatcher does about receivers that go on failing, and webhooks that are paused.
#include <gtest/gtest.h>

#include <chrono>

#include "delivery/retry_schedule.hpp"
#include "delivery/waiting_book.hpp"
#include "tests/server/delivery/simulation/dispatcher_rig.hpp"

namespace sluice::testkit {
namespace {

using namespace std::chrono_literals;

class DispatcherPatience : public DispatcherRig {};

TEST_F(DispatcherPatience, HoldsTheWholeChannelForAsLongAsRetryAfterSays) {
  const std::uint32_t webhook = add_webhook({{"max_in_flight", 1}});
  behave(webhook, Behaviour::throttling);
  world.receivers.retry_after_seconds = 3'600;
  world.start();
  for (int i = 0; i < 5; ++i) world.publish({webhook});
  world.loop.run_for(59min);
  EXPECT_EQ(sent.size(), 1U);
  behave(webhook, Behaviour::prompt);
  world.loop.run_for(2min);
  EXPECT_EQ(arrived[channel_of(webhook)].size(), 5U);
}

TEST_F(DispatcherPatience, ProbesADeadReceiverWithOneDeliveryAtATime) {
  const std::uint32_t webhook = add_webhook();
  behave(webhook, Behaviour::failing);
  world.start();
  for (int i = 0; i < 1'000; ++i) world.publish({webhook});
  world.loop.run_for(1min);
  EXPECT_LT(sent.size(), 20U);
  EXPECT_EQ(world.dispatcher().stats().open_circuits, 1U);
  EXPECT_LE(world.dispatcher().stats().queued, 64U);
  behave(webhook, Behaviour::prompt);
  world.loop.run_for(24h);
  EXPECT_EQ(arrived[channel_of(webhook)].size(), 1'000U);
}

TEST_F(DispatcherPatience, AProbeThatIsCancelledIsRepeatedAndNotJoinedByOthers) {
  const std::uint32_t webhook = add_webhook({{"max_in_flight", 1'000}});
  world.start();
  for (int i = 0; i < 1'000; ++i) world.publish({webhook});  // its window grows
  world.loop.run_for(1min);
  behave(webhook, Behaviour::failing);
  for (int i = 0; i < 5; ++i) {
    world.publish({webhook});
    world.loop.run_for(10ms);
  }
  ASSERT_EQ(world.dispatcher().stats().open_circuits, 1U);
  for (int i = 0; i < 60; ++i) world.publish({webhook});
  behave(webhook, Behaviour::cancelling);
  sent.clear();
  world.loop.run_for(40s);
  EXPECT_GE(sent.size(), 2U);
  EXPECT_LE(sent.size(), 40U);  // the one of them, a second apart
  for (const delivery::Delivery& each : sent)
    EXPECT_EQ(each.delivery_id, sent.front().delivery_id);
  behave(webhook, Behaviour::prompt);
  world.loop.run_for(1h);
  EXPECT_EQ(arrived[channel_of(webhook)].size(), 1'065U);
}

TEST_F(DispatcherPatience, DisablesTheWebhookOfAReceiverThatIsGone) {
  const std::uint32_t webhook = add_webhook();
  behave(webhook, Behaviour::gone);
  world.start();
  world.publish({webhook});
  world.loop.run_for(1s);
  EXPECT_EQ(world.disabled, std::vector<std::uint32_t>{webhook});
  EXPECT_TRUE(world.records.disabled.contains(webhook));
  EXPECT_EQ(world.records.dead_rows.size(), 1U);
  world.publish({webhook});  // had matched before
  world.loop.run_for(1h);
  EXPECT_EQ(sent.size(), 1U);
}

TEST_F(DispatcherPatience, DisablesAWebhookThatOnlyFailedForFiveDays) {
  const std::uint32_t webhook = add_webhook();
  behave(webhook, Behaviour::failing);
  world.start();
  for (int hour = 0; hour < 119; ++hour) {
    world.publish({webhook});
    world.loop.run_for(1h);
  }
  EXPECT_TRUE(world.disabled.empty());
  restart();
  for (int hour = 0; hour < 6; ++hour) {
    world.publish({webhook});
    world.loop.run_for(1h);
  }
  EXPECT_EQ(world.disabled, std::vector<std::uint32_t>{webhook});
}

TEST_F(DispatcherPatience, NeverDisablesAWebhookThatSucceedsNowAndThen) {
  const std::uint32_t webhook = add_webhook();
  world.start();
  for (int hour = 0; hour < 24 * 12; ++hour) {
    behave(webhook, hour % 24 == 0 ? Behaviour::prompt : Behaviour::failing);
    world.publish({webhook});
    world.loop.run_for(1h);
  }
  EXPECT_TRUE(world.disabled.empty());
}

TEST_F(DispatcherPatience, WritesDownTheHealthOfAWebhook) {
  const std::uint32_t webhook = add_webhook();
  behave(webhook, Behaviour::failing);
  world.start();
  world.publish({webhook});
  world.loop.run_for(20s);
  const delivery::HealthRecord failing = world.records.health[webhook];
  EXPECT_EQ(failing.consecutive_failures, 2U);
  ASSERT_TRUE(failing.last_error);
  EXPECT_EQ(failing.last_error->message, "answered 500");
  EXPECT_EQ(failing.last_error->status_code, 500);
  EXPECT_FALSE(failing.last_success_at);
  behave(webhook, Behaviour::prompt);
  world.loop.run_for(1h);
  const delivery::HealthRecord healthy = world.records.health[webhook];
  EXPECT_EQ(healthy.consecutive_failures, 0U);
  EXPECT_TRUE(healthy.last_success_at);
  EXPECT_FALSE(healthy.failing_since);
}

TEST_F(DispatcherPatience, LetsDeliveriesOfAPausedWebhookWaitForIt) {
  const std::uint32_t webhook = add_webhook();
  behave(webhook, Behaviour::failing);
  world.start();
  for (int i = 0; i < 300; ++i) world.publish({webhook});
  world.loop.run_for(10ms);
  set_active(webhook, false);
  const std::size_t before = sent.size();
  world.loop.run_for(71h);
  EXPECT_EQ(sent.size(), before);
  EXPECT_TRUE(world.records.dead_rows.empty());
  behave(webhook, Behaviour::prompt);
  set_active(webhook, true);
  world.loop.run_for(1h);
  EXPECT_EQ(arrived[channel_of(webhook)].size(), 300U);
}

// guards D2
TEST_F(DispatcherPatience, BuriesVisiblyWhatWaitedForAPausedWebhookTooLong) {
  const std::uint32_t webhook = add_webhook();
  behave(webhook, Behaviour::failing);
  world.start();
  for (int i = 0; i < 300; ++i) world.publish({webhook});
  world.loop.run_for(10ms);
  set_active(webhook, false);
  world.loop.run_for(24h * 7);
  EXPECT_EQ(world.records.dead_rows.size(), 300U);
  EXPECT_TRUE(world.records.waiting_rows.empty());
  EXPECT_EQ(world.dispatcher().stats().channels, 0U);
  EXPECT_EQ(world.records.dead_rows.rbegin()->second.event_id, "evt_300");
}

// guards D2
TEST_F(DispatcherPatience, BuriesWhatWaitedForAPausedWebhookTooLongAfterARestartToo) {
  const std::uint32_t webhook = add_webhook();
  world.webhooks.all[webhook].is_active = false;
  world.start();
  for (int i = 0; i < 10; ++i) world.publish({webhook});  // they had matched before
  world.loop.run_for(1s);
  restart();
  world.loop.run_for(24h * 7);
  EXPECT_EQ(world.records.dead_rows.size(), 10U);
  EXPECT_EQ(world.events.released_below(), 11U);
}

// guards D2 and D4: until the last of them is dead they keep everything newer in the journal.
TEST_F(DispatcherPatience, CountsAPauseFromWhenEachDeliveryWasDueHoweverManyThereAre) {
  const std::uint32_t webhook = add_webhook();
  behave(webhook, Behaviour::failing);
  world.start();
  for (int hour = 0; hour < 100; ++hour) {
    world.publish({webhook});
    world.loop.run_for(1h);
  }
  ASSERT_GT(world.records.waiting_rows.size(), 2 * delivery::WaitingBook::kMost);
  set_active(webhook, false);
  world.loop.run_for(71h);
  EXPECT_TRUE(world.records.dead_rows.empty());
  world.loop.run_for(1h + delivery::kLongestPause + 1min);
  EXPECT_TRUE(world.records.waiting_rows.empty());
  EXPECT_EQ(world.records.dead_rows.size(), 100U);
  EXPECT_EQ(world.events.released_below(), world.events.committed_through() + 1);
}

// guards D2: what was overdue for another reason when the pause begins has the whole of it.
TEST_F(DispatcherPatience, NothingDiesOfAPauseSoonerForHavingBeenOverdueBefore) {
  const std::uint32_t webhook = add_webhook();
  behave(webhook, Behaviour::failing);
  world.start();
  for (int i = 0; i < 100; ++i) world.publish({webhook});
  world.loop.run_for(10ms);
  ASSERT_FALSE(world.records.waiting_rows.empty());
  world.kill();
  world.loop.run_for(24h * 4);
  world.webhooks.all[webhook].is_active = false;
  world.start();
  world.loop.run_for(71h);
  EXPECT_TRUE(world.records.dead_rows.empty());
  world.loop.run_for(2h);
  EXPECT_EQ(world.records.dead_rows.size(), 100U);
}

TEST_F(DispatcherPatience, SendsNothingOfAWebhookThatWasPausedWhileAnAttemptWasToBeRepeated) {
  const std::uint32_t webhook = add_webhook();
  behave(webhook, Behaviour::cancelling);
  world.start();
  world.publish({webhook});
  world.loop.run_for(10ms);
  ASSERT_EQ(sent.size(), 1U);
  set_active(webhook, false);
  behave(webhook, Behaviour::prompt);
  world.loop.run_for(1h);
  EXPECT_EQ(sent.size(), 1U);
  set_active(webhook, true);
  world.loop.run_for(1h);
  EXPECT_EQ(arrived[channel_of(webhook)].size(), 1U);
}

TEST_F(DispatcherPatience, GoesOnWhileTheRecordsCannotBeWritten) {
  const std::uint32_t prompt = add_webhook();
  const std::uint32_t failing = add_webhook();
  behave(failing, Behaviour::failing);
  world.start();
  world.loop.run_for(1s);
  world.records.fails_to_write = true;
  for (int i = 0; i < 200; ++i) world.publish({prompt, failing});
  world.loop.run_for(10s);
  EXPECT_EQ(arrived[channel_of(prompt)].size(), 200U);
  EXPECT_TRUE(world.records.waiting_rows.empty());
  restart();  // what failed and could not be noted is owed all the same
  world.records.fails_to_write = false;
  behave(failing, Behaviour::prompt);
  world.loop.run_for(1h);
  EXPECT_EQ(arrived[channel_of(failing)].size(), 200U);
}

}  // namespace
}  // namespace sluice::testkit
