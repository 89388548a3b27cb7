#include "delivery/dispatcher.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <vector>

#include "tests/server/delivery/simulation/dispatcher_rig.hpp"

namespace sluice::testkit {
namespace {

using namespace std::chrono_literals;

class DispatcherTest : public DispatcherRig {};

TEST_F(DispatcherTest, DeliversAnEventToEveryChannelOfEveryWebhookThatItMatched) {
  const std::uint32_t first = world.webhooks.add(1, {{}, {}}).number;
  const std::uint32_t second = add_webhook();
  add_webhook();
  world.start();
  world.publish({first, second});
  world.loop.run_for(1s);
  EXPECT_EQ(arrived.size(), 3U);
  for (const auto& [channel, events] : arrived)
    EXPECT_EQ(events, std::vector<journal::Sequence>{1});
}

TEST_F(DispatcherTest, CountsAttemptsByOrganisationAndNoTestsNorWhatWasCancelled) {
  const std::uint32_t good = add_webhook();
  const std::uint32_t failing = world.webhooks.add(2, {{}}).number;
  const std::uint32_t cancelling = world.webhooks.add(3, {{}}).number;
  behave(failing, Behaviour::refusing);
  behave(cancelling, Behaviour::cancelling);
  world.start();
  for (int i = 0; i < 3; ++i) {
    world.publish({good}, 1);
    world.publish({failing}, 2);
    world.publish({cancelling}, 3);
  }
  world.dispatcher().test(good, {.sequence = 0, .event_id = "t", .json = "{}"}, [](auto) {});
  world.loop.run_for(100ms);
  const auto counts = [this](std::uint32_t organisation) {
    const auto& all = world.dispatcher().attempts();
    const auto found = all.find(organisation);
    return found == all.end() ? delivery::AttemptCounts{} : found->second;
  };
  EXPECT_EQ(counts(1).delivered, 3U);
  EXPECT_EQ(counts(1).delivered_events, 3U);
  EXPECT_EQ(counts(1).failed, 0U);
  EXPECT_GE(counts(2).failed, 2U);  // a refused connection is tried once more at once
  EXPECT_EQ(counts(2).delivered, 0U);
  EXPECT_EQ(counts(3).delivered + counts(3).failed, 0U);
  EXPECT_EQ(counts(9).delivered, 0U);
  const delivery::DispatcherStats stats = world.dispatcher().stats();
  EXPECT_EQ(stats.delivered, 3U);
  EXPECT_EQ(stats.failed_attempts, counts(2).failed);
  std::uint64_t timed = 0;
  for (const auto& kind : stats.attempt_durations)
    for (const std::uint64_t count : kind.counts) timed += count;
  EXPECT_EQ(timed, stats.delivered + stats.failed_attempts);
}

TEST_F(DispatcherTest, TriesAFailedDeliveryAgainAsTheScheduleSaysUntilItIsDead) {
  const std::uint32_t webhook = add_webhook();
  world.receivers.behaviours[channel_of(webhook)] = Behaviour::failing;
  world.start();
  world.publish({webhook});
  world.loop.run_for(24h * 5);
  EXPECT_EQ(sent.size(), 10U);
  for (std::size_t i = 0; i < sent.size(); ++i) {
    EXPECT_EQ(sent[i].attempt, i + 1);
    EXPECT_EQ(sent[i].delivery_id, sent[0].delivery_id);
  }
  EXPECT_TRUE(world.records.waiting_rows.empty());
  ASSERT_EQ(world.records.dead_rows.size(), 1U);
  EXPECT_EQ(world.records.dead_rows.begin()->second.attempts, 10U);
  EXPECT_EQ(world.records.dead_rows.begin()->second.reason, "answered 500");
  EXPECT_EQ(world.records.dead_rows.begin()->second.event_type, "thing.happened");
}

TEST_F(DispatcherTest, TriesARefusedConnectionOnceMoreAtOnce) {
  const std::uint32_t webhook = add_webhook();
  world.receivers.behaviours[channel_of(webhook)] = Behaviour::refusing;
  world.start();
  world.publish({webhook});
  world.loop.run_for(1s);
  ASSERT_EQ(sent.size(), 2U);
  EXPECT_EQ(sent[0].attempt, 1U);
  EXPECT_EQ(sent[1].attempt, 2U);
  EXPECT_LT(sent[1].now - sent[0].now, 10ms);
  world.loop.run_for(10s);
  ASSERT_EQ(sent.size(), 4U);
  EXPECT_EQ(sent[2].attempt, 3U);
  EXPECT_EQ(sent[3].attempt, 4U);
}

TEST_F(DispatcherTest, NoTwoAttemptsHaveTheSameNumberThoughTheProcessEndsBetweenThem) {
  world.records.keeps_attempts = true;
  const std::uint32_t webhook = add_webhook();
  world.receivers.behaviours[channel_of(webhook)] = Behaviour::refusing;
  world.start();
  world.publish({webhook});
  world.loop.run_for(1s);
  restart();
  world.loop.run_for(24h * 5);
  ASSERT_EQ(world.records.attempts.size(), 20U);
  for (std::uint32_t i = 0; i < 20; ++i) EXPECT_EQ(world.records.attempts[i].attempt, i + 1);
  EXPECT_EQ(world.records.dead_rows.begin()->second.attempts, 20U);
}

TEST_F(DispatcherTest, WhatBecameOfEachRecipientIsKnownAfterARestart) {
  const std::uint32_t webhook = add_webhook();
  world.receivers.behaviours[channel_of(webhook)] = Behaviour::failing;
  world.receivers.recipients = "+ann\n";
  world.start();
  world.publish({webhook});
  world.loop.run_for(1s);
  restart();
  world.receivers.recipients.clear();  // the next attempt says nothing new
  world.loop.run_for(10min);
  ASSERT_GE(sent.size(), 3U);
  EXPECT_EQ(sent[0].recipients, "");
  EXPECT_EQ(sent[1].recipients, "+ann\n");
  EXPECT_EQ(sent[2].recipients, "+ann\n");
}

TEST_F(DispatcherTest, WhatWasBrokenOffHalfwayIsNotBegunAfresh) {
  const std::uint32_t webhook = add_webhook();
  world.receivers.behaviours[channel_of(webhook)] = Behaviour::cancelling;
  world.receivers.recipients = "+ann\n";
  world.start();
  world.publish({webhook});
  world.loop.run_for(500ms);
  ASSERT_EQ(sent.size(), 1U);
  restart();
  world.receivers.behaviours[channel_of(webhook)] = Behaviour::prompt;
  world.loop.run_for(10s);
  ASSERT_EQ(sent.size(), 2U);
  EXPECT_EQ(sent[1].recipients, "+ann\n");
  EXPECT_EQ(sent[1].attempt, 1U);  // what was broken off counts as no attempt
}

TEST_F(DispatcherTest, DeliversNothingTwiceAfterAnOrderlyStop) {
  const std::uint32_t webhook = add_webhook();
  world.start();
  for (int i = 0; i < 100; ++i) world.publish({webhook});
  world.loop.run_for(1s);
  bool was_stopped = false;
  world.dispatcher().stop(world.loop.steady_now() + 5s, [&] { was_stopped = true; });
  world.loop.run_for(1s);
  EXPECT_TRUE(was_stopped);
  restart();
  world.loop.run_for(1s);
  EXPECT_EQ(arrived[channel_of(webhook)].size(), 100U);
}

TEST_F(DispatcherTest, RepeatsAfterAKillWhatWasInFlightAndNothingElse) {
  const std::uint32_t webhook = add_webhook({{"max_in_flight", 4}});
  world.start();
  for (int i = 0; i < 500; ++i) world.publish({webhook});
  while (arrived[channel_of(webhook)].size() < 200) world.loop.step();
  restart();
  world.loop.run_for(10s);
  std::vector<journal::Sequence>& events = arrived[channel_of(webhook)];
  EXPECT_LE(events.size(), 504U);
  std::sort(events.begin(), events.end());
  events.erase(std::unique(events.begin(), events.end()), events.end());
  EXPECT_EQ(events.size(), 500U);
}

TEST_F(DispatcherTest, KeepsTheOrderOverRetriesWhereAChannelAsksForIt) {
  const std::uint32_t webhook = add_webhook({{"ordered", true}});
  behave(webhook, Behaviour::moody);
  world.start();
  for (int i = 0; i < 50; ++i) world.publish({webhook});
  world.loop.run_for(24h * 20);
  const std::vector<journal::Sequence>& events = arrived[channel_of(webhook)];
  EXPECT_GT(sent.size(), 55U);  // some were tried again
  EXPECT_TRUE(std::is_sorted(events.begin(), events.end()));
  EXPECT_EQ(events.size() + world.records.dead_rows.size(), 50U);
}

TEST_F(DispatcherTest, GathersABatchUntilItIsFullOrHasWaited) {
  const std::uint32_t webhook =
      add_webhook({{"batch", boost::json::object{{"max_events", 10}, {"max_wait_ms", 200}}}});
  world.start();
  for (int i = 0; i < 25; ++i) world.publish({webhook});
  world.loop.run_for(100ms);
  ASSERT_EQ(sent.size(), 2U);
  EXPECT_EQ(sent[0].events.size(), 10U);
  world.loop.run_for(200ms);
  ASSERT_EQ(sent.size(), 3U);
  EXPECT_EQ(sent[2].events.size(), 5U);
}

TEST_F(DispatcherTest, TriesTheSameBatchAgainUnderTheSameName) {
  const std::uint32_t webhook =
      add_webhook({{"batch", boost::json::object{{"max_events", 10}, {"max_wait_ms", 10}}}});
  behave(webhook, Behaviour::failing);
  world.start();
  for (int i = 0; i < 7; ++i) world.publish({webhook});
  world.loop.run_for(1s);
  restart();
  for (int i = 0; i < 3; ++i) world.publish({webhook});
  world.loop.run_for(20s);
  const auto again = std::find_if(sent.begin() + 1, sent.end(), [this](const auto& each) {
    return each.delivery_id == sent[0].delivery_id;
  });
  ASSERT_NE(again, sent.end());
  EXPECT_EQ(again->attempt, 2U);
  EXPECT_EQ(again->events.size(), 7U);
}

TEST_F(DispatcherTest, KeepsToTheRateOfAChannel) {
  const std::uint32_t webhook = add_webhook({{"rate_limit", 2}});
  world.start();
  for (int i = 0; i < 100; ++i) world.publish({webhook});
  world.loop.run_for(10s);
  EXPECT_NEAR(static_cast<double>(sent.size()), 22.0, 1.0);
}

TEST_F(DispatcherTest, CancelsWhatADeletedWebhookIsOwed) {
  const std::uint32_t webhook = add_webhook();
  behave(webhook, Behaviour::failing);
  world.start();
  for (int i = 0; i < 20; ++i) world.publish({webhook});
  world.loop.run_for(1s);
  EXPECT_FALSE(world.records.waiting_rows.empty());
  world.webhooks.all.erase(webhook);
  world.dispatcher().webhook_removed(webhook);
  const std::size_t before = sent.size();
  world.loop.run_for(24h * 10);
  EXPECT_EQ(sent.size(), before);
  EXPECT_TRUE(world.records.waiting_rows.empty());
  EXPECT_EQ(world.dispatcher().stats().channels, 0U);
}

// guards D3
TEST_F(DispatcherTest, SendsNoEventToAnotherOrganisationWhateverTheMatchListSays) {
  const std::uint32_t webhook = world.webhooks.add(2, {{}}).number;
  world.start();
  world.publish({webhook}, 1);
  world.loop.run_for(1s);
  EXPECT_TRUE(sent.empty());
}

TEST_F(DispatcherTest, ReadsABacklogInOrderAndNoEventOfItOnItsOwn) {
  world.options.queued_per_channel = 64;
  world.options.cached_event_bytes = std::size_t{128} << 10U;
  const std::uint32_t webhook = add_webhook();
  world.start();
  for (int i = 0; i < 2'000; ++i) world.publish({webhook});
  world.loop.run_for(1min);
  EXPECT_EQ(arrived[channel_of(webhook)].size(), 2'000U);
  EXPECT_EQ(world.events.single_reads, 0U);
}

}  // namespace
}  // namespace sluice::testkit
