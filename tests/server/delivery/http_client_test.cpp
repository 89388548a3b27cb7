#include "delivery/http_client.hpp"

#include <gtest/gtest.h>

#include <string>

#include "client_rig.hpp"
#include "tests/server/support/misbehaving_receiver.hpp"

namespace sluice::delivery {
namespace {

using namespace std::chrono_literals;
using testkit::ClientRig;
using testkit::Conversation;
using testkit::MisbehavingReceiver;
using testkit::post_to;
using testkit::response;

TEST(HttpClient, SendsTheRequestAsItWasMade) {
  MisbehavingReceiver receiver{testkit::answer(response(200))};
  ClientRig rig;
  HeaderBlock fixed;
  fixed.add("content-type", "application/json");
  OutboundRequest request = post_to(receiver.url());
  request.head = testkit::head_of(receiver.url("/hook?a=b"), fixed);
  request.headers.add("webhook-id", "msg_1");
  request.body = R"({"a":1})";
  rig.send(std::move(request));
  ASSERT_EQ(receiver.requests().size(), 1U);
  EXPECT_EQ(
      receiver.requests()[0].head,
      "POST /hook?a=b HTTP/1.1\r\nhost: 127.0.0.1:" + std::to_string(receiver.port()) +
          "\r\ncontent-type: application/json\r\nwebhook-id: msg_1\r\ncontent-length: 7\r\n\r\n");
  EXPECT_EQ(receiver.requests()[0].body, R"({"a":1})");
}

TEST(HttpClient, SendsAGetWithoutABody) {
  MisbehavingReceiver receiver{testkit::answer(response(200))};
  ClientRig rig;
  OutboundRequest request;
  request.head = testkit::head_of(receiver.url(), {}, RequestHead::Method::get);
  EXPECT_EQ(rig.send(std::move(request)).status, 200);
  EXPECT_EQ(receiver.requests()[0].head.substr(0, 16), "GET / HTTP/1.1\r\n");
  EXPECT_EQ(receiver.requests()[0].header("content-length"), "");
}

TEST(HttpClient, SaysWhatTheReceiverSaid) {
  MisbehavingReceiver receiver{testkit::answer(
      response(429, "slow down", "Retry-After: 120\r\nContent-Type: text/plain\r\n"))};
  ClientRig rig;
  const OutboundResult result = rig.send(post_to(receiver.url()));
  EXPECT_EQ(result.outcome, Outcome::response);
  EXPECT_EQ(result.phase, Phase::response);
  EXPECT_EQ(result.status, 429);
  EXPECT_EQ(result.retry_after, "120");
  EXPECT_EQ(result.content_type, "text/plain");
  EXPECT_EQ(result.body, "slow down");
  EXPECT_TRUE(result.may_have_been_sent);
  EXPECT_EQ(result.address.value().text(), "127.0.0.1");
  EXPECT_GT(result.total_time, 0us);
  EXPECT_LE(result.connect_time, result.total_time);
}

TEST(HttpClient, KeepsAConnectionForTheNextRequest) {
  MisbehavingReceiver receiver{testkit::answer(response(200, "ok"))};
  ClientRig rig;
  EXPECT_FALSE(rig.send(post_to(receiver.url("/a"))).reused_connection);
  for (int i = 0; i < 5; ++i) {
    const OutboundResult result = rig.send(post_to(receiver.url("/b")));
    EXPECT_TRUE(result.reused_connection);
    EXPECT_EQ(result.body, "ok");
    EXPECT_EQ(result.connect_time, 0us);
  }
  EXPECT_EQ(receiver.connections(), 1);
  EXPECT_EQ(rig.client.stats().idle_connections, 1U);
}

TEST(HttpClient, DoesNotFollowRedirects) {
  MisbehavingReceiver elsewhere{testkit::answer(response(200))};
  for (const int status : {301, 302, 303, 307, 308}) {
    MisbehavingReceiver receiver{
        testkit::answer(response(status, "", "location: " + elsewhere.url() + "\r\n"))};
    ClientRig rig;
    EXPECT_EQ(rig.send(post_to(receiver.url())).status, status);
  }
  EXPECT_EQ(elsewhere.connections(), 0);
}

TEST(HttpClient, KeepsAsMuchOfABodyAsIsAskedFor) {
  MisbehavingReceiver receiver{testkit::answer(response(200, std::string(100'000, 'a')))};
  ClientRig rig;
  const OutboundResult whole_cap = rig.send(post_to(receiver.url()));
  EXPECT_EQ(whole_cap.outcome, Outcome::response);
  EXPECT_EQ(whole_cap.body, std::string(16 * 1024, 'a'));
  EXPECT_TRUE(whole_cap.body_truncated);
  OutboundRequest request = post_to(receiver.url());
  request.response_cap = 10;
  EXPECT_EQ(rig.send(std::move(request)).body, std::string(10, 'a'));
}

TEST(HttpClient, ReadsChunksAndInterimResponses) {
  MisbehavingReceiver receiver{testkit::answer(
      "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"
      "2\r\nok\r\n0\r\n\r\n")};
  ClientRig rig;
  for (int i = 0; i < 2; ++i) EXPECT_EQ(rig.send(post_to(receiver.url())).body, "ok");
  EXPECT_EQ(receiver.connections(), 1);
}

TEST(HttpClient, SendsABodyThatTheKernelTakesInParts) {
  MisbehavingReceiver receiver{testkit::answer(response(200))};
  ClientRig rig;
  std::string body(8 << 20, '\0');
  for (std::size_t i = 0; i < body.size(); ++i) body[i] = static_cast<char>('a' + i % 23);
  EXPECT_EQ(rig.send(post_to(receiver.url(), body)).status, 200);
  EXPECT_TRUE(receiver.requests()[0].body == body);
}

TEST(HttpClient, KeepsTheOwnerOfABodyUntilItIsDone) {
  MisbehavingReceiver receiver{testkit::answer(response(200))};
  ClientRig rig;
  auto body = std::make_shared<std::string>("{}");
  OutboundRequest request = post_to(receiver.url());
  request.body = *body;
  request.body_owner = body;
  const std::weak_ptr<std::string> witness = std::exchange(body, nullptr);
  rig.client.send(std::move(request), [&](OutboundResult&&) {
    EXPECT_FALSE(witness.expired());
    rig.loop.stop();
  });
  rig.loop.run();
  EXPECT_TRUE(witness.expired());
}

TEST(HttpClient, ReceiversMaySendAgain) {
  MisbehavingReceiver receiver{testkit::answer(response(200))};
  ClientRig rig;
  int left = 100;
  std::function<void(OutboundResult &&)> again = [&](OutboundResult&& result) {
    EXPECT_EQ(result.status, 200);
    if (--left == 0) return rig.loop.stop();
    rig.client.send(post_to(receiver.url()), again);
  };
  rig.client.send(post_to(receiver.url()), again);
  rig.loop.run();
  EXPECT_EQ(receiver.connections(), 1);
}

TEST(HttpClient, CancelledRequestsEndAtOnceAndOnce) {
  MisbehavingReceiver receiver{[](Conversation& peer) {
    peer.read_request();
    EXPECT_TRUE(peer.wait_for_end()) << "the connection was not closed";
  }};
  ClientRig rig;
  int calls = 0;
  OutboundResult got;
  const auto id = rig.client.send(post_to(receiver.url()), [&](OutboundResult&& result) {
    ++calls;
    got = std::move(result);
  });
  rig.run_until([&] { return receiver.requests().size() == 1; });
  EXPECT_TRUE(rig.client.cancel(id));
  EXPECT_EQ(calls, 1);
  EXPECT_FALSE(rig.client.cancel(id));
  EXPECT_EQ(calls, 1);
  EXPECT_EQ(got.outcome, Outcome::cancelled);
  EXPECT_EQ(got.phase, Phase::response);
  EXPECT_TRUE(got.may_have_been_sent);
  EXPECT_EQ(rig.client.stats().requests, 0U);
}

TEST(HttpClient, StopCancelsEverythingAndTakesNothingMore) {
  MisbehavingReceiver receiver{[](Conversation& peer) { peer.wait_for_end(); }};
  ClientRig rig;
  int cancelled = 0;
  const auto count = [&](OutboundResult&& result) {
    cancelled += result.outcome == Outcome::cancelled ? 1 : 0;
  };
  for (int i = 0; i < 10; ++i) rig.client.send(post_to(receiver.url()), count);
  rig.client.stop();
  EXPECT_EQ(cancelled, 10);
  rig.client.send(post_to(receiver.url()), count);
  EXPECT_EQ(cancelled, 10);
  rig.run_until([&] { return cancelled == 11; });
  EXPECT_EQ(rig.client.stats().connections, 0U);
}

TEST(HttpClient, AReceiverMayStopTheClient) {
  MisbehavingReceiver receiver{testkit::answer(response(200))};
  ClientRig rig;
  int ended = 0;
  for (int i = 0; i < 3; ++i)
    rig.client.send(post_to(receiver.url()), [&](OutboundResult&&) {
      if (ended++ == 0) rig.client.stop();
    });
  rig.run_until([&] { return ended == 3; });
}

}  // namespace
}  // namespace sluice::delivery
