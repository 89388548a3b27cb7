// Events that the intake takes and that are hard to read: no channel may fail over one in a way that
// ends the process, since the event would still be owed to it when that begins anew.
#include <gtest/gtest.h>

#include <string>

#include "delivery/channels/email_channel.hpp"
#include "delivery/channels/slack_channel.hpp"
#include "delivery/channels/sms_channel.hpp"
#include "delivery/channels/webhook_channel.hpp"
#include "sluice/event.hpp"
#include "tests/server/channels/channel_rig.hpp"
#include "tests/server/support/misbehaving_receiver.hpp"

namespace sluice::delivery {
namespace {

using domain::ChannelKind;
using testkit::delivery_with;

std::string event_with(const std::string& metadata) {
  return R"({"event_type":"a.b","metadata":)" + metadata + "}";
}

/// As many containers inside one another as an event may have.
std::string deepest_event() {
  const std::size_t depth = DecoderLimits{}.depth - 1;  // the event itself is one
  return event_with(std::string(depth, '[') + std::string(depth, ']'));
}

class OddEvent : public ::testing::Test {
 protected:
  Verdict send_to_webhook(const std::string& event) {
    WebhookChannel webhook{rig.loop, rig.client, rig.catalogue};
    return rig.send(webhook, delivery_with(ChannelKind::webhook,
                                           {{"url", receiver.url()},
                                            {"payload_template", {{"n", "{{ event_type }}"}}}},
                                           event));
  }
  Verdict send_to_slack(const std::string& event) {
    SlackChannel slack{rig.loop, rig.client, rig.catalogue, ""};
    return rig.send(
        slack, delivery_with(ChannelKind::slack, {{"webhook_url", receiver.url("/s")}}, event));
  }
  Verdict send_to_phone(const std::string& event) {
    SmsChannel sms{rig.loop, rig.client, rig.catalogue,
                   {.base_url = "http://127.0.0.1:" + std::to_string(receiver.port()),
                    .account = "AC", .token = "t", .from = "+1"}};
    return rig.send(
        sms, delivery_with(ChannelKind::sms, {{"phone_numbers", {"+15550002222"}}}, event));
  }
  Verdict send_mail(const std::string& event) {
    SmtpRelay relay;
    relay.url = "smtp://127.0.0.1:" + std::to_string(testkit::closed_port());
    relay.from = "a@b.example";
    SmtpMailer mailer{relay, rig.guard, rig.resolver, 1};
    EmailChannel email{rig.loop, mailer, rig.catalogue};
    return rig.send(
        email, delivery_with(ChannelKind::email, {{"to_addresses", {"c@d.example"}}}, event));
  }

  testkit::MisbehavingReceiver receiver{testkit::answer(testkit::response(200, "ok"))};
  testkit::ChannelRig rig;
};

// guards D2
TEST_F(OddEvent, OneAsDeepAsTheIntakeTakesGoesOut) {
  const std::string event = deepest_event();
  EXPECT_EQ(send_to_webhook(event).error, "");
  EXPECT_EQ(send_to_slack(event).error, "");
  EXPECT_EQ(send_to_phone(event).error, "");
  EXPECT_EQ(send_mail(event).decision, Decision::retry);  // nobody listens there, which is no fault
  EXPECT_EQ(receiver.requests().size(), 3U);
}

// guards D2
TEST_F(OddEvent, WhatTemplatesCannotReadEndsVisibly) {
  const std::string event = event_with("1e99999999999");
  for (const Verdict& verdict : {send_to_webhook(event), send_to_slack(event),
                                 send_to_phone(event), send_mail(event)}) {
    EXPECT_EQ(verdict.decision, Decision::permanent);
    EXPECT_NE(verdict.error.find("cannot be read"), verdict.error.npos) << verdict.error;
  }
}

}  // namespace
}  // namespace sluice::delivery
