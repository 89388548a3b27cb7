// What people ask of the dispatcher: to test, to try again, to recover.
#include <gtest/gtest.h>

#include <chrono>
#include <optional>
#include <vector>

#include "tests/server/delivery/simulation/dispatcher_rig.hpp"

namespace sluice::testkit {
namespace {

using namespace std::chrono_literals;
using delivery::RecoverReport;
using delivery::RecoverRequest;
using delivery::RetryAnswer;

class DispatcherRequest : public DispatcherRig {
 protected:
  DispatcherRequest() { world.records.keeps_attempts = true; }

  RetryAnswer retry(const std::string& delivery_id) {
    std::optional<RetryAnswer> answer;
    world.dispatcher().retry(delivery_id, [&](RetryAnswer given) { answer = given; });
    world.loop.run_for(1s);
    return answer.value_or(RetryAnswer::unavailable);
  }

  RecoverReport recover(std::uint32_t webhook, RecoverRequest::Which which, base::Time since,
                        base::Time until) {
    RecoverReport report;
    world.dispatcher().recover({webhook, since, until, which, {"thing.*"}},
                               [&](const RecoverReport& given) { report = given; });
    world.loop.run_for(1min);
    return report;
  }
};

TEST_F(DispatcherRequest, TestsEveryChannelOnceAndQueuesNothing) {
  const std::uint32_t webhook = world.webhooks.add(1, {{}, {}}).number;
  world.receivers.behaviours[world.webhooks.all[webhook].channels[1].number] = Behaviour::failing;
  world.start();
  world.loop.run_for(1s);
  std::vector<delivery::AttemptRecord> attempts;
  world.dispatcher().test(webhook, {0, "evt_test", {}, R"({"event_type":"thing.tested"})"},
                          [&](std::vector<delivery::AttemptRecord> given) { attempts = given; });
  world.loop.run_for(24h);
  ASSERT_EQ(attempts.size(), 2U);
  EXPECT_EQ(attempts[0].verdict.decision, delivery::Decision::delivered);
  EXPECT_EQ(attempts[1].verdict.status_code, 500);
  EXPECT_EQ(attempts[0].event_type, "thing.tested");
  EXPECT_NE(attempts[0].delivery_id, attempts[1].delivery_id);
  EXPECT_EQ(sent.size(), 2U);
  EXPECT_EQ(world.records.attempts.size(), 2U);
  EXPECT_EQ(retry(attempts[1].delivery_id), RetryAnswer::unknown_delivery);
}

TEST_F(DispatcherRequest, AnswersATestWhenItsAttemptsAreInTheRecords) {
  const std::uint32_t webhook = world.webhooks.add(1, {{}, {}}).number;
  world.start();
  world.loop.run_for(1s);
  std::size_t stored = 0;
  world.dispatcher().test(webhook, {0, "evt_test", {}, R"({"event_type":"thing.tested"})"},
                          [&](const auto&) { stored = world.records.attempts.size(); });
  world.loop.run_for(1min);
  EXPECT_EQ(stored, 2U);
}

TEST_F(DispatcherRequest, WhatHasEndedIsInTheRecordsAfterAFlush) {
  const std::uint32_t webhook = add_webhook();
  world.ledger_pause = 10s;
  world.start();
  world.loop.run_for(1min);
  world.publish({webhook});
  world.loop.run_for(1s);
  ASSERT_EQ(arrived[channel_of(webhook)].size(), 1U);
  ASSERT_TRUE(world.records.attempts.empty());
  std::size_t stored = 0;
  world.dispatcher().flush([&] { stored = world.records.attempts.size(); });
  world.loop.run_for(1min);
  EXPECT_EQ(stored, 1U);
}

TEST_F(DispatcherRequest, TestsNothingOfAWebhookThatIsNot) {
  world.start();
  world.loop.run_for(1s);
  bool was_answered = false;
  world.dispatcher().test(99, {}, [&](const auto& given) { was_answered = given.empty(); });
  world.loop.run_for(1s);
  EXPECT_TRUE(was_answered);
}

TEST_F(DispatcherRequest, QueuesADeadDeliveryAfresh) {
  const std::uint32_t webhook = add_webhook();
  behave(webhook, Behaviour::rejecting);
  world.start();
  world.publish({webhook});
  world.loop.run_for(1s);
  ASSERT_EQ(world.records.dead_rows.size(), 1U);
  behave(webhook, Behaviour::prompt);
  world.loop.run_for(1h);
  EXPECT_EQ(retry(sent[0].delivery_id), RetryAnswer::queued);
  EXPECT_EQ(arrived[channel_of(webhook)].size(), 1U);
  EXPECT_EQ(sent.back().attempt, 2U);
  EXPECT_EQ(sent.back().delivery_id, sent[0].delivery_id);
  EXPECT_TRUE(world.records.dead_rows.empty());
}

TEST_F(DispatcherRequest, ARetryGoesToNobodyWhoHasItAlready) {
  const std::uint32_t webhook = add_webhook();
  behave(webhook, Behaviour::rejecting);
  world.receivers.recipients = "+ann\n-bob no such number\n";
  world.start();
  world.publish({webhook});
  world.loop.run_for(1s);
  ASSERT_EQ(world.records.dead_rows.size(), 1U);
  EXPECT_EQ(retry(sent[0].delivery_id), RetryAnswer::queued);
  EXPECT_EQ(sent.back().recipients, "+ann\n");
  ASSERT_EQ(world.records.dead_rows.size(), 1U);
  behave(webhook, Behaviour::prompt);
  recover(webhook, RecoverRequest::Which::failed, {}, base::Time::max());
  ASSERT_EQ(sent.size(), 3U);
  EXPECT_EQ(sent.back().recipients, "+ann\n");
  EXPECT_EQ(sent.back().attempt, 3U);
}

TEST_F(DispatcherRequest, SendsAgainWhatWasDelivered) {
  const std::uint32_t webhook = add_webhook();
  world.start();
  world.publish({webhook});
  world.loop.run_for(1s);
  EXPECT_EQ(retry(sent[0].delivery_id), RetryAnswer::queued);
  EXPECT_EQ(arrived[channel_of(webhook)].size(), 2U);
}

TEST_F(DispatcherRequest, BringsForwardWhatWaits) {
  const std::uint32_t webhook = add_webhook();
  behave(webhook, Behaviour::failing);
  world.start();
  world.publish({webhook});
  world.loop.run_for(10min);
  behave(webhook, Behaviour::prompt);
  EXPECT_EQ(retry(sent[0].delivery_id), RetryAnswer::queued);
  EXPECT_EQ(arrived[channel_of(webhook)].size(), 1U);
  world.loop.run_for(24h * 5);
  EXPECT_EQ(arrived[channel_of(webhook)].size(), 1U);  // the old time is forgotten
}

TEST_F(DispatcherRequest, SaysOfWhatIsOnItsWayThatItIs) {
  const std::uint32_t webhook = add_webhook();
  behave(webhook, Behaviour::hanging);
  world.start();
  world.publish({webhook});
  world.loop.run_for(1s);
  world.records.attempts.push_back({});  // as if an earlier attempt had been logged
  world.records.attempts.back().channel = channel_of(webhook);
  world.records.attempts.back().events = {1};
  EXPECT_EQ(retry(sent[0].delivery_id), RetryAnswer::already_waiting);
}

// guards D3
TEST_F(DispatcherRequest, KnowsNoDeliveryThatNeverWas) {
  const std::uint32_t webhook = add_webhook();
  world.start();
  world.publish({});
  world.publish({webhook});
  world.loop.run_for(1s);
  delivery::DeliveryIds ids({});
  EXPECT_EQ(retry(ids.make({1, webhook, channel_of(webhook)})), RetryAnswer::unknown_delivery);
  EXPECT_EQ(retry("dlv_nonsense"), RetryAnswer::unknown_delivery);
}

TEST_F(DispatcherRequest, SaysOfAnEventThatIsNoLongerKeptThatItIsGone) {
  const std::uint32_t webhook = add_webhook();
  world.options.cached_event_bytes = 0;
  world.start();
  for (int i = 0; i < 100; ++i) world.publish({webhook});
  world.loop.run_for(1min);
  world.events.drop_released();
  EXPECT_EQ(retry(sent[0].delivery_id), RetryAnswer::event_dropped);
}

TEST_F(DispatcherRequest, RecoversWhatFailedInARangeOfTime) {
  const std::uint32_t webhook = add_webhook();
  behave(webhook, Behaviour::rejecting);
  world.start();
  std::vector<base::Time> times;
  for (int i = 0; i < 40; ++i) {
    times.push_back(world.loop.now());
    world.publish({webhook});
    world.loop.run_for(2h);
  }
  ASSERT_EQ(world.records.dead_rows.size(), 40U);
  behave(webhook, Behaviour::prompt);
  const RecoverReport report =
      recover(webhook, RecoverRequest::Which::failed, times[10], times[30]);
  EXPECT_TRUE(report.was_accepted);
  EXPECT_EQ(report.deliveries, 20U);
  world.loop.run_for(24h);
  EXPECT_EQ(arrived[channel_of(webhook)].size(), 20U);
  EXPECT_EQ(world.records.dead_rows.size(), 20U);
}

// guards D2
TEST_F(DispatcherRequest, OfABatchThatFailedWhatIsNoLongerKeptStaysDeadAndTheRestIsSent) {
  const std::uint32_t webhook =
      add_webhook({{"batch", boost::json::object{{"max_events", 4}, {"max_wait_ms", 10}}}});
  behave(webhook, Behaviour::rejecting);
  world.options.cached_event_bytes = 0;
  world.start();
  for (int i = 0; i < 4; ++i) world.publish({webhook});
  world.loop.run_for(1min);
  ASSERT_EQ(world.records.dead_rows.size(), 1U);
  world.events.drop_released(2);
  behave(webhook, Behaviour::prompt);
  recover(webhook, RecoverRequest::Which::failed, {}, world.loop.now());
  EXPECT_EQ(arrived[channel_of(webhook)], (std::vector<journal::Sequence>{3, 4}));
  EXPECT_TRUE(world.records.waiting_rows.empty());
  ASSERT_EQ(world.records.dead_rows.size(), 1U);
  const delivery::DeadDelivery& dead = world.records.dead_rows.begin()->second;
  EXPECT_EQ(dead.events, (std::vector<journal::Sequence>{1, 2}));
  EXPECT_EQ(dead.event_id, "");  // nobody knows it any more
  EXPECT_EQ(world.dispatcher().stats().channels, 0U);
}

TEST_F(DispatcherRequest, RecoversWhatHappenedDuringAPause) {
  const std::uint32_t webhook = add_webhook();
  const std::uint32_t other = add_webhook();
  world.start();
  world.publish({webhook});
  world.loop.run_for(1h);
  const base::Time paused = world.loop.now();
  for (int i = 0; i < 1'000; ++i) {
    world.publish({other});
    if (i % 5 == 0) world.publish({}, 1, R"({"event_type":"else.happened"})");
    if (i % 5 == 1) world.publish({}, 2);
    world.loop.run_for(10ms);
  }
  const base::Time resumed = world.loop.now();
  world.publish({other});
  world.loop.run_for(1min);
  const RecoverReport report = recover(webhook, RecoverRequest::Which::missed, paused, resumed);
  EXPECT_EQ(report.deliveries, 1'000U);
  world.loop.run_for(1h);
  EXPECT_EQ(arrived[channel_of(webhook)].size(), 1'001U);
  EXPECT_TRUE(world.records.waiting_rows.empty());
}

TEST_F(DispatcherRequest, OneSearchThatCannotReadIsNotHeldUpByAnother) {
  const std::uint32_t webhook = add_webhook();
  world.start();
  world.publish({});
  world.loop.run_for(1s);
  world.events.fails_to_search = true;
  RecoverRequest request;
  request.webhook = webhook;
  request.until = world.loop.now();
  request.which = RecoverRequest::Which::missed;
  request.patterns = {"else.*"};
  bool is_done = false;
  world.dispatcher().recover(request, [](const RecoverReport&) {});
  world.loop.run_for(600ms);
  world.dispatcher().recover(request, [&](const RecoverReport&) { is_done = true; });
  world.loop.run_for(900ms);  // the other one has tried again, a second after it first did
  ASSERT_FALSE(is_done);
  world.events.fails_to_search = false;
  world.loop.run_for(200ms);
  EXPECT_TRUE(is_done);
}

TEST_F(DispatcherRequest, RefusesToRecoverForAWebhookThatIsNot) {
  world.start();
  world.loop.run_for(1s);
  EXPECT_FALSE(recover(9, RecoverRequest::Which::failed, {}, world.loop.now()).was_accepted);
}

}  // namespace
}  // namespace sluice::testkit
