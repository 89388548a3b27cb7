// Names whose owner means harm: they point elsewhere each time they are asked for, or to thousands of
// places at once. What counts is where bytes arrive.
#include <gtest/gtest.h>

#include <string>
#include <vector>

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

constexpr const char* kAllowed = "127.0.0.1";
constexpr const char* kForbidden = "127.0.0.2";

/// Only kAllowed may be reached, and no answer of a name server is kept.
RigOptions options_for(const testkit::FakeNameServer& names) {
  RigOptions options;
  options.egress.allow = {kAllowed};
  options.resolver.servers = names.address();
  options.resolver.shortest_life = options.resolver.longest_life = 0ms;
  options.resolver.timeout = 1min;  // a repetition would be counted as a question
  return options;
}

std::string url_of(const char* name, const MisbehavingReceiver& receiver) {
  return "http://" + std::string{name} + ":" + std::to_string(receiver.port()) + "/";
}

std::vector<std::string> many_addresses(int count) {
  std::vector<std::string> all;
  for (int i = 0; i < count; ++i)
    all.push_back("8.8." + std::to_string(i / 250 + 1) + "." + std::to_string(i % 250 + 1));
  return all;
}

// guards D5
TEST(Rebinding, ANameThatFlipsIsJudgedByEachAnswerThatIsUsed) {
  MisbehavingReceiver receiver{testkit::answer(response(200))};
  testkit::FakeNameServer names{
      {{"flip.example", {.addresses = {kAllowed}, .ttl = 0, .flips_to = {kForbidden}}}}};
  ClientRig rig{options_for(names)};
  int delivered = 0;
  int refused = 0;
  for (int i = 0; i < 40; ++i) {
    const OutboundResult result = rig.send(post_to(url_of("flip.example", receiver)));
    if (result.outcome == Outcome::egress_refused) {
      ++refused;
      EXPECT_FALSE(result.may_have_been_sent);
      EXPECT_EQ(rig.client.stats().idle_connections, 0U);
    } else {
      EXPECT_EQ(result.status, 200);
      ++delivered;
    }
  }
  EXPECT_GT(delivered, 0);
  EXPECT_GT(refused, 0);
  // Nobody was tried at the other address: every attempt ended at the receiver.
  EXPECT_EQ(rig.client.stats().connects, static_cast<std::uint64_t>(receiver.connections()));
  EXPECT_EQ(names.questions("flip.example"), 40) << "no answer served two requests";
}

// guards D5
TEST(Rebinding, OneBadAddressAmongThousandsRefusesTheName) {
  MisbehavingReceiver receiver{testkit::answer(response(200))};
  std::vector<std::string> addresses = many_addresses(3000);
  addresses.insert(addresses.begin() + 1500, kForbidden);
  testkit::FakeNameServer names{{{"many.example", {.addresses = addresses}}}};
  ClientRig rig{options_for(names)};
  const OutboundResult result = rig.send(post_to(url_of("many.example", receiver)));
  EXPECT_EQ(result.outcome, Outcome::egress_refused) << result.detail;
  EXPECT_EQ(rig.client.stats().connects, 0U);
  EXPECT_EQ(receiver.connections(), 0);
}

// guards D4
TEST(Rebinding, ThousandsOfAddressesCostAFewAttempts) {
  MisbehavingReceiver receiver{testkit::answer(response(200))};
  std::vector<std::string> addresses;  // nobody listens at any of these
  for (int i = 0; i < 3000; ++i)
    addresses.push_back("127.1." + std::to_string(i / 250) + "." + std::to_string(i % 250 + 1));
  testkit::FakeNameServer names{{{"many.example", {.addresses = addresses}}}};
  RigOptions options = options_for(names);
  options.egress.allow = {"127.0.0.0/8"};
  ClientRig rig{options};
  const OutboundResult result = rig.send(post_to(url_of("many.example", receiver)));
  EXPECT_EQ(result.outcome, Outcome::refused_connection) << result.detail;
  EXPECT_LE(rig.client.stats().connects, 10U);
  EXPECT_EQ(rig.send(post_to("http://127.0.0.1:" + std::to_string(receiver.port()) + "/")).status,
            200);
}

}  // namespace
}  // namespace sluice::delivery
