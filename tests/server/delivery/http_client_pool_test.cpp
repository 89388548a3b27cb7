#include <gtest/gtest.h>

#include <atomic>
#include <memory>
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
using testkit::Conversation;
using testkit::MisbehavingReceiver;
using testkit::post_to;
using testkit::post_within;
using testkit::response;
using testkit::RigOptions;

std::vector<OutboundRequest> many(int count, const std::string& url) {
  std::vector<OutboundRequest> requests;
  for (int i = 0; i < count; ++i) requests.push_back(post_to(url));
  return requests;
}

int answered(const std::vector<OutboundResult>& results) {
  int count = 0;
  for (const OutboundResult& result : results) count += result.outcome == Outcome::response ? 1 : 0;
  return count;
}

TEST(HttpClientPool, AnOriginHasAsManyConnectionsAsItMayAndTheRestWaits) {
  MisbehavingReceiver receiver{testkit::answer(response(200))};
  RigOptions options;
  options.client.connections_per_host = 3;
  ClientRig rig{options};
  EXPECT_EQ(answered(rig.send_all(many(100, receiver.url()))), 100);
  EXPECT_EQ(receiver.connections(), 3);
}

TEST(HttpClientPool, AnIdleConnectionGivesWayToANewOrigin) {
  MisbehavingReceiver one{testkit::answer(response(200))};
  MisbehavingReceiver other{testkit::answer(response(200))};
  RigOptions options;
  options.client.connections = 1;
  ClientRig rig{options};
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(rig.send(post_to(one.url())).status, 200);
    EXPECT_EQ(rig.send(post_to(other.url())).status, 200);
    EXPECT_EQ(rig.client.stats().connections, 1U);
  }
}

TEST(HttpClientPool, OriginsThatFindNoRoomTakeTurns) {
  std::vector<std::unique_ptr<MisbehavingReceiver>> receivers;
  std::vector<OutboundRequest> requests;
  for (int i = 0; i < 8; ++i) {
    receivers.push_back(std::make_unique<MisbehavingReceiver>(testkit::answer(response(200))));
    for (OutboundRequest& request : many(5, receivers.back()->url()))
      requests.push_back(std::move(request));
  }
  RigOptions options;
  options.client.connections = 2;
  ClientRig rig{options};
  EXPECT_EQ(answered(rig.send_all(std::move(requests))), 40);
  EXPECT_LE(rig.client.stats().connections, 2U);
}

TEST(HttpClientPool, RoomThatAFailureLeavesIsUsed) {
  MisbehavingReceiver breaking{[](Conversation& peer) {
    peer.read_request();
    peer.reset();
  }};
  MisbehavingReceiver receiver{testkit::answer(response(200))};
  RigOptions options;
  options.client.connections = 1;
  ClientRig rig{options};
  std::vector<OutboundRequest> requests = many(5, breaking.url());
  for (OutboundRequest& request : many(5, receiver.url())) requests.push_back(std::move(request));
  EXPECT_EQ(answered(rig.send_all(std::move(requests))), 5);
}

// guards D4
TEST(HttpClientPool, AReceiverThatHangsHoldsItsOwnConnectionsOnly) {
  MisbehavingReceiver hanging{[](Conversation& peer) { peer.wait_for_end(); }};
  MisbehavingReceiver receiver{testkit::answer(response(200))};
  RigOptions options;
  options.client.connections_per_host = 2;
  ClientRig rig{options};
  int ended = 0;
  for (OutboundRequest& request : many(20, hanging.url()))
    rig.client.send(std::move(request), [&](OutboundResult&&) { ++ended; });
  EXPECT_EQ(answered(rig.send_all(many(50, receiver.url()))), 50);
  EXPECT_EQ(ended, 0) << "the others did not wait for any of these";
  EXPECT_LE(rig.client.stats().connections - rig.client.stats().idle_connections, 2U);
  rig.client.stop();
  EXPECT_EQ(ended, 20);
}

TEST(HttpClientPool, WhatWaitsForAConnectionTimesOutInTheQueue) {
  MisbehavingReceiver hanging{[](Conversation& peer) { peer.wait_for_end(); }};
  RigOptions options;
  options.client.connections_per_host = 1;
  ClientRig rig{options};
  std::vector<OutboundRequest> requests;
  requests.push_back(post_within(1000ms, hanging.url()));
  requests.push_back(post_within(30ms, hanging.url()));
  OutboundResult waited;
  rig.client.send(std::move(requests[0]), [](OutboundResult&&) {});
  rig.client.send(std::move(requests[1]), [&](OutboundResult&& result) {
    waited = std::move(result);
    rig.loop.stop();
  });
  rig.loop.run();
  EXPECT_EQ(waited.outcome, Outcome::timeout);
  EXPECT_EQ(waited.phase, Phase::queue);
  EXPECT_FALSE(waited.may_have_been_sent);
}

TEST(HttpClientPool, ACancelledRequestLeavesTheQueue) {
  MisbehavingReceiver hanging{[](Conversation& peer) { peer.wait_for_end(); }};
  RigOptions options;
  options.client.connections_per_host = 1;
  ClientRig rig{options};
  std::vector<HttpClient::RequestId> ids;
  int calls = 0;
  for (int i = 0; i < 5; ++i)
    ids.push_back(rig.client.send(post_to(hanging.url()), [&](OutboundResult&&) { ++calls; }));
  for (const HttpClient::RequestId id : {ids[3], ids[1], ids[0], ids[4], ids[2]})
    EXPECT_TRUE(rig.client.cancel(id));
  EXPECT_EQ(calls, 5);
}

TEST(HttpClientPool, ClosesConnectionsThatAreIdleForTooLong) {
  MisbehavingReceiver receiver{testkit::answer(response(200))};
  RigOptions options;
  options.client.idle_timeout = 10ms;
  ClientRig rig{options};
  rig.send(post_to(receiver.url()));
  EXPECT_EQ(rig.client.stats().idle_connections, 1U);
  rig.run_until([&] { return rig.client.stats().connections == 0; });
}

TEST(HttpClientPool, TriesTheNextAddressWhenOneRefuses) {
  MisbehavingReceiver receiver{testkit::answer(response(200))};  // on 127.0.0.1 alone
  testkit::FakeNameServer names{
      {{"hook.example", {.addresses = {"127.0.0.2", "127.0.0.3", "127.0.0.1"}}}}};
  RigOptions options;
  options.resolver.servers = names.address();
  ClientRig rig{options};
  const OutboundResult result =
      rig.send(post_to("http://hook.example:" + std::to_string(receiver.port()) + "/"));
  EXPECT_EQ(result.status, 200);
  EXPECT_EQ(result.address.value().text(), "127.0.0.1");
}

TEST(HttpClientPool, GivesUpWhenAllAddressesRefuse) {
  testkit::FakeNameServer names{{{"hook.example", {.addresses = {"127.0.0.2", "127.0.0.3"}}}}};
  RigOptions options;
  options.resolver.servers = names.address();
  ClientRig rig{options};
  const OutboundResult result =
      rig.send(post_to("http://hook.example:" + std::to_string(testkit::closed_port()) + "/"));
  EXPECT_EQ(result.outcome, Outcome::refused_connection);
  EXPECT_EQ(result.address.value().text(), "127.0.0.3");
}

TEST(HttpClientPool, LetsGoOfAnAddressThatTheNameNoLongerHas) {
  MisbehavingReceiver receiver{testkit::answer(response(200))};
  testkit::FakeNameServer names{{{"hook.example", {.addresses = {"127.0.0.1"}}}}};
  RigOptions options;
  options.resolver.servers = names.address();
  options.resolver.longest_life = options.resolver.shortest_life = 0ms;
  ClientRig rig{options};
  const std::string url = "http://hook.example:" + std::to_string(receiver.port()) + "/";
  EXPECT_EQ(rig.send(post_to(url)).status, 200);
  EXPECT_TRUE(rig.send(post_to(url)).reused_connection);
  names.set("hook.example", {.addresses = {"127.0.0.2"}});
  EXPECT_EQ(rig.send(post_to(url)).outcome, Outcome::refused_connection);
  EXPECT_EQ(rig.client.stats().idle_connections, 0U);
}

}  // namespace
}  // namespace sluice::delivery
