// Where Slack's URLs and the SMS provider's name lead (D5): they go through the same client as webhooks.
#include <gtest/gtest.h>

#include <string>

#include "delivery/channels/slack_channel.hpp"
#include "delivery/channels/sms_channel.hpp"
#include "tests/server/channels/channel_rig.hpp"
#include "tests/server/support/fake_name_server.hpp"
#include "tests/server/support/misbehaving_receiver.hpp"

namespace sluice::delivery {
namespace {

using testkit::delivery_with;

class ProviderEgress : public ::testing::Test {
 protected:
  testkit::RigOptions strict() {
    testkit::RigOptions options;
    options.egress.allow = {"127.0.0.1"};
    options.resolver.servers = names.address();
    return options;
  }

  void expect_refused(const Verdict& verdict) {
    EXPECT_EQ(verdict.decision, Decision::retry);
    EXPECT_NE(verdict.error.find("egress_refused"), std::string::npos) << verdict.error;
    EXPECT_NE(verdict.error.find("private 10.0.0.0/8"), std::string::npos) << verdict.error;
    EXPECT_EQ(receiver.connections(), 0);
  }

  std::string place(const char* host) {
    return std::string{"http://"} + host + ":" + std::to_string(receiver.port());
  }

  testkit::MisbehavingReceiver receiver{testkit::answer(testkit::response(200, "ok"))};
  // One address that may be reached, and one that may not.
  testkit::FakeNameServer names{
      {{"mixed.example", {.addresses = {"127.0.0.1", "10.0.0.1"}}},
       {"good.example", {.addresses = {"127.0.0.1"}}}}};
  testkit::ChannelRig rig{strict()};
};

// guards D5
TEST_F(ProviderEgress, OneBadAddressOfTheProviderOfShortMessagesRefusesIt) {
  SmsChannel sms{rig.loop, rig.client, rig.catalogue,
                 {.base_url = place("mixed.example"), .account = "AC", .token = "t", .from = "+1"}};
  expect_refused(rig.send(sms, delivery_with(domain::ChannelKind::sms,
                                         {{"phone_numbers", {"+15550002222"}}})));
}

// guards D5
TEST_F(ProviderEgress, OneBadAddressOfSlackRefusesIt) {
  SlackChannel slack{rig.loop, rig.client, rig.catalogue, place("mixed.example")};
  expect_refused(rig.send(slack, delivery_with(domain::ChannelKind::slack,
                                           {{"webhook_url", place("mixed.example") + "/s/T/B"}})));
  expect_refused(rig.send(slack, delivery_with(domain::ChannelKind::slack,
                                           {{"bot_token", "xoxb-1"}, {"channel_id", "C1"}})));
}

TEST_F(ProviderEgress, WhatResolvesToGoodAddressesAloneIsReached) {
  SlackChannel slack{rig.loop, rig.client, rig.catalogue, ""};
  const Verdict verdict =
      rig.send(slack, delivery_with(domain::ChannelKind::slack,
                                {{"webhook_url", place("good.example") + "/s/T/B"}}));
  EXPECT_EQ(verdict.decision, Decision::delivered) << verdict.error;
}

}  // namespace
}  // namespace sluice::delivery
