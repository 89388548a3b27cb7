// How the dispatcher takes up what an earlier process left, and how it stops.
#include <gtest/gtest.h>

#include <chrono>
#include <optional>
#include <string>

#include "tests/server/delivery/simulation/dispatcher_rig.hpp"

namespace sluice::testkit {
namespace {

using namespace std::chrono_literals;
using delivery::RetryAnswer;

class DispatcherLifetime : public DispatcherRig {
 protected:
  /// Stops it with a minute of patience. How long that took; nothing: it goes on.
  std::optional<SimLoop::TimePoint::duration> stop() {
    const auto began = world.loop.steady_now();
    std::optional<SimLoop::TimePoint::duration> took;
    world.dispatcher().stop(began + 1min, [&] { took = world.loop.steady_now() - began; });
    world.loop.run_for(2min);
    return took;
  }
  /// Restarts it, and its records take a second to say what an earlier process left.
  void restart_slowly() {
    world.kill();
    world.ledger_pause = 1s;
    world.start();
  }
};

TEST_F(DispatcherLifetime, AStopBeforeItHasBegunForgetsNothingOfWhatWasDone) {
  const std::uint32_t webhook = add_webhook();
  world.start();
  for (int i = 0; i < 100; ++i) world.publish({webhook});
  world.loop.run_for(1min);
  restart_slowly();
  world.loop.run_for(1ms);
  EXPECT_TRUE(stop());
  restart();
  world.loop.run_for(1min);
  EXPECT_EQ(arrived[channel_of(webhook)].size(), 100U);
}

// guards D2
TEST_F(DispatcherLifetime, NothingIsLostToWhatIsAskedBeforeItHasBegun) {
  const std::uint32_t webhook = add_webhook();
  behave(webhook, Behaviour::failing);
  world.start();
  for (int i = 0; i < 300; ++i) world.publish({webhook});
  world.loop.run_for(10ms);
  ASSERT_FALSE(world.records.waiting_rows.empty());
  behave(webhook, Behaviour::prompt);
  restart_slowly();
  std::optional<std::size_t> attempts;
  std::optional<RetryAnswer> answer;
  world.dispatcher().test(webhook, {.sequence = 0, .event_id = "t", .json = "{}"},
                          [&](const auto& given) { attempts = given.size(); });
  world.dispatcher().retry(sent[0].delivery_id, [&](RetryAnswer given) { answer = given; });
  world.loop.run_for(24h);
  EXPECT_EQ(attempts, 1U);
  EXPECT_EQ(answer, RetryAnswer::queued);
  EXPECT_EQ(arrived[channel_of(webhook)].size(), 301U);  // and the test
}

TEST_F(DispatcherLifetime, WhatIsAskedBeforeItHasBegunIsAnsweredByAStop) {
  restart_slowly();
  std::optional<bool> has_attempts;
  std::optional<RetryAnswer> answer;
  std::optional<bool> was_accepted;
  world.dispatcher().test(1, {}, [&](const auto& given) { has_attempts = !given.empty(); });
  world.dispatcher().retry("dlv_0", [&](RetryAnswer given) { answer = given; });
  world.dispatcher().recover({}, [&](const auto& report) { was_accepted = report.was_accepted; });
  EXPECT_TRUE(stop());
  EXPECT_EQ(has_attempts, false);
  EXPECT_EQ(answer, RetryAnswer::unavailable);
  EXPECT_EQ(was_accepted, false);
}

TEST_F(DispatcherLifetime, AStopEndsWithTheLastAttemptWhenItIsCancelled) {
  const std::uint32_t webhook = add_webhook();
  behave(webhook, Behaviour::cancelling);
  world.start();
  world.loop.run_for(1s);
  world.publish({webhook});
  world.loop.run_for(50us);
  ASSERT_EQ(world.sender().in_flight(), 1U);
  const auto took = stop();
  ASSERT_TRUE(took);
  EXPECT_LT(*took, 1s);
}

TEST_F(DispatcherLifetime, AStopEndsWithTheLastAttemptWhenItsWebhookIsDeletedMeanwhile) {
  const std::uint32_t webhook = add_webhook();
  behave(webhook, Behaviour::hanging);
  world.start();
  world.publish({webhook});
  world.loop.run_for(1s);
  ASSERT_EQ(world.sender().in_flight(), 1U);
  world.webhooks.all.erase(webhook);
  world.dispatcher().webhook_removed(webhook);
  const auto took = stop();
  ASSERT_TRUE(took);
  EXPECT_LT(*took, 10s);
}

// Each of them is memory, for as long as the longest of all waits takes.
TEST_F(DispatcherLifetime, NoTimersPileUpWhileSomethingWaitsForLong) {
  const std::uint32_t throttled = add_webhook();
  behave(throttled, Behaviour::throttling);
  world.receivers.retry_after_seconds = 86'400;
  const std::uint32_t prompt = add_webhook();
  world.start();
  world.publish({throttled});
  for (int i = 0; i < 1'000; ++i) {
    world.publish({prompt});
    world.loop.run_for(20ms);
  }
  EXPECT_LT(world.loop.pending(), 20U);
}

}  // namespace
}  // namespace sluice::testkit
