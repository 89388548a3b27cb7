#include <gtest/gtest.h>

#include <string>

#include "client_rig.hpp"
#include "delivery/http_client.hpp"
#include "tests/server/support/fake_name_server.hpp"
#include "tests/server/support/misbehaving_receiver.hpp"

namespace sluice::delivery {
namespace {

using namespace std::chrono_literals;
using testkit::ClientRig;
using testkit::MisbehavingReceiver;
using testkit::post_to;
using testkit::response;
using testkit::RigOptions;

/// Nothing is allowed but plain http, and names come from `names`.
RigOptions strict(const testkit::FakeNameServer& names) {
  RigOptions options;
  options.egress.allow.clear();
  options.resolver.servers = names.address();
  options.resolver.timeout = 1min;
  return options;
}

std::string port_of(const MisbehavingReceiver& receiver) {
  return ":" + std::to_string(receiver.port()) + "/";
}

// guards D5
TEST(HttpClientEgress, NeverConnectsToARefusedAddressInText) {
  MisbehavingReceiver receiver{testkit::answer(response(200))};
  testkit::FakeNameServer names{{}};
  ClientRig rig{strict(names)};
  for (const char* host : {"127.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0", "localhost"}) {
    const OutboundResult result =
        rig.send(post_to("http://" + std::string{host} + port_of(receiver)));
    EXPECT_EQ(result.outcome, Outcome::egress_refused) << host;
    EXPECT_FALSE(result.may_have_been_sent);
    EXPECT_NE(result.detail, "");
  }
  EXPECT_EQ(receiver.connections(), 0);
}

// guards D5
TEST(HttpClientEgress, NeverConnectsToARefusedAddressBehindAName) {
  MisbehavingReceiver receiver{testkit::answer(response(200))};
  testkit::FakeNameServer names{{{"loop.example", {.addresses = {"127.0.0.1"}}},
                                 {"mixed.example", {.addresses = {"8.8.8.8", "127.0.0.1"}}},
                                 {"six.example", {.addresses = {"::1"}}},
                                 {"both.example", {.addresses = {"8.8.8.8", "fd00:ec2::254"}}},
                                 {"mapped.example", {.addresses = {"::ffff:127.0.0.1"}}},
                                 {"meta.example", {.addresses = {"169.254.169.254"}}}}};
  ClientRig rig{strict(names)};
  for (const char* host : {"loop.example", "mixed.example", "six.example", "both.example",
                           "mapped.example", "meta.example"}) {
    const OutboundResult result =
        rig.send(post_to("http://" + std::string{host} + port_of(receiver)));
    EXPECT_EQ(result.outcome, Outcome::egress_refused) << host;
    EXPECT_EQ(rig.client.stats().connects, 0U) << host;
  }
  EXPECT_EQ(receiver.connections(), 0);
}

// A name that is good when it is looked at and bad when it is used.
TEST(HttpClientEgress, VetsANameAnewWhenItResolvesAnew) {
  MisbehavingReceiver receiver{testkit::answer(response(200))};
  testkit::FakeNameServer names{{{"hook.example", {.addresses = {"127.0.0.1"}, .ttl = 0}}}};
  RigOptions options = strict(names);
  options.egress.allow = {"127.0.0.1"};
  options.resolver.shortest_life = 0ms;
  ClientRig rig{options};
  const std::string url = "http://hook.example" + port_of(receiver);
  EXPECT_EQ(rig.send(post_to(url)).status, 200);
  names.set("hook.example", {.addresses = {"127.0.0.2"}, .ttl = 0});
  EXPECT_EQ(rig.send(post_to(url)).outcome, Outcome::egress_refused);
  EXPECT_EQ(rig.client.stats().idle_connections, 0U) << "what was kept is not trusted either";
  EXPECT_EQ(rig.client.stats().connects, 1U);
  names.set("hook.example", {.addresses = {"127.0.0.1"}, .ttl = 0});
  EXPECT_EQ(rig.send(post_to(url)).status, 200);
}

TEST(HttpClientEgress, DoesNotAskForNamesThatAreRefusedAsTheyAre) {
  testkit::FakeNameServer names{{{"metadata.google.internal", {.addresses = {"8.8.8.8"}}}}};
  ClientRig rig{strict(names)};
  EXPECT_EQ(rig.send(post_to("http://metadata.google.internal/")).outcome, Outcome::egress_refused);
  EXPECT_EQ(names.questions("metadata.google.internal"), 0);
}

TEST(HttpClientEgress, RefusesPlainHttpAndOddPorts) {
  testkit::FakeNameServer names{{{"hook.example", {.addresses = {"8.8.8.8"}}}}};
  RigOptions options = strict(names);
  options.egress.plain_http = false;
  ClientRig rig{options};
  for (const char* url : {"http://hook.example/", "https://hook.example:22/"})
    EXPECT_EQ(rig.send(post_to(url)).outcome, Outcome::egress_refused) << url;
}

TEST(HttpClientEgress, ANameThatDoesNotExistIsADnsError) {
  testkit::FakeNameServer names{{}};
  ClientRig rig{strict(names)};
  const OutboundResult result = rig.send(post_to("https://nobody.example/"));
  EXPECT_EQ(result.outcome, Outcome::dns_error);
  EXPECT_EQ(result.phase, Phase::resolve);
  EXPECT_FALSE(result.may_have_been_sent);
  EXPECT_NE(result.detail.find("nobody.example"), std::string::npos) << result.detail;
}

// guards D4
TEST(HttpClientEgress, ANameThatHangsDelaysNoOther) {
  MisbehavingReceiver receiver{testkit::answer(response(200))};
  std::map<std::string, testkit::NameRecord> records;
  for (int i = 0; i < 100; ++i)
    records["hang" + std::to_string(i) + ".example"] = {.addresses = {}, .is_silent = true};
  records["hook.example"] = {.addresses = {"127.0.0.1"}};
  testkit::FakeNameServer names{records};
  RigOptions options = strict(names);
  options.egress.allow = {"127.0.0.1"};
  ClientRig rig{options};
  int ended = 0;
  for (int i = 0; i < 100; ++i)
    rig.client.send(post_to("https://hang" + std::to_string(i) + ".example/"),
                    [&](OutboundResult&& result) {
                      EXPECT_EQ(result.outcome, Outcome::cancelled);
                      EXPECT_EQ(result.phase, Phase::resolve);
                      ++ended;
                    });
  EXPECT_EQ(rig.send(post_to("http://hook.example" + port_of(receiver))).status, 200);
  EXPECT_EQ(ended, 0) << "it did not wait for any of these";
  rig.client.stop();
  EXPECT_EQ(ended, 100);
}

TEST(HttpClientEgress, TimesOutWhileANameIsResolved) {
  testkit::FakeNameServer names{{{"hang.example", {.addresses = {}, .is_silent = true}}}};
  ClientRig rig{strict(names)};
  const OutboundResult result = rig.send(testkit::post_within(30ms, "https://hang.example/"));
  EXPECT_EQ(result.outcome, Outcome::timeout);
  EXPECT_EQ(result.phase, Phase::resolve);
}

}  // namespace
}  // namespace sluice::delivery
