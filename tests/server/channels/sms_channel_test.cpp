#include "delivery/channels/sms_channel.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <optional>
#include <utility>

#include "tests/server/channels/channel_rig.hpp"
#include "tests/server/support/misbehaving_receiver.hpp"

namespace sluice::delivery {
namespace {

Verdict judged(Outcome outcome, int status, std::string body, bool may_have_been_sent = true) {
  OutboundResult result;
  result.outcome = outcome;
  result.status = status;
  result.body = std::move(body);
  result.may_have_been_sent = may_have_been_sent;
  return judge_sms(std::move(result), "POST", base::Time{});
}

TEST(JudgeSms, TakesCreatedForSent) {
  EXPECT_EQ(judged(Outcome::response, 201, R"({"sid":"SM1","status":"queued"})").decision,
            Decision::delivered);
}

TEST(JudgeSms, SendsAgainOnlyWhatSurelyWasNotSent) {
  EXPECT_EQ(judged(Outcome::refused_connection, 0, "", false).decision, Decision::retry);
  EXPECT_EQ(judged(Outcome::timeout, 0, "", false).decision, Decision::retry);
  EXPECT_EQ(judged(Outcome::timeout, 0, "", true).decision, Decision::permanent);
  EXPECT_EQ(judged(Outcome::reset, 0, "", true).decision, Decision::permanent);
  EXPECT_EQ(judged(Outcome::response, 503, "").decision, Decision::retry);
  EXPECT_EQ(judged(Outcome::response, 500, R"({"code":1})").decision, Decision::permanent);
  EXPECT_EQ(judged(Outcome::response, 429, R"({"code":20429})").decision, Decision::retry);
}

TEST(JudgeSms, GivesUpOnWhatTheProviderRefusesAndSaysWhy) {
  const Verdict verdict = judged(Outcome::response, 400,
                                 R"({"code":21211,"message":"Invalid 'To' number","status":400})");
  EXPECT_EQ(verdict.decision, Decision::permanent);
  EXPECT_NE(verdict.error.find("21211"), verdict.error.npos);
  EXPECT_NE(verdict.error.find("Invalid 'To' number"), verdict.error.npos);
}

// The loop runs no more after a stop: what a further number was answered would never be heard of, and
// with it what the first ones got would be forgotten.
TEST(SmsChannelTest, SendsToNoFurtherNumberOnceTheClientStops) {
  testkit::MisbehavingReceiver provider{[](testkit::Conversation& conversation) {
    conversation.read_request();
    conversation.wait_for_end();
  }};
  testkit::ChannelRig rig;
  SmsChannel sms{rig.loop, rig.client, rig.catalogue,
                 {.base_url = "http://127.0.0.1:" + std::to_string(provider.port()),
                  .account = "AC", .token = "t", .from = "+1"}};
  Delivery delivery = testkit::delivery_with(
      domain::ChannelKind::sms, {{"phone_numbers", {"+15550001111", "+15550002222"}}});
  std::optional<Verdict> told;
  sms.send(std::move(delivery), [&told](Verdict verdict) { told = std::move(verdict); });
  const std::function<void()> stop_once_asked = [&] {
    if (provider.requests().empty()) return rig.loop.post(stop_once_asked);
    rig.client.stop();
    rig.loop.stop();
  };
  rig.loop.post(stop_once_asked);
  rig.loop.run();
  ASSERT_TRUE(told.has_value());
  EXPECT_TRUE(told->was_cancelled);
  EXPECT_FALSE(told->recipients.empty());  // the first number may have got it
  EXPECT_EQ(provider.requests().size(), 1U);
}

}  // namespace
}  // namespace sluice::delivery
