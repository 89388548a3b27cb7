#include <gtest/gtest.h>

#include <functional>
#include <latch>
#include <string>

#include "client_rig.hpp"
#include "delivery/http_client.hpp"
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

constexpr auto kShort = 60ms;

TEST(HttpClientFailure, ARefusedConnectionSentNothing) {
  ClientRig rig;
  const std::string url = "http://127.0.0.1:" + std::to_string(testkit::closed_port()) + "/";
  const OutboundResult result = rig.send(post_to(url));
  EXPECT_EQ(result.outcome, Outcome::refused_connection);
  EXPECT_EQ(result.phase, Phase::connect);
  EXPECT_FALSE(result.may_have_been_sent);
  EXPECT_NE(result.detail.find("Connection refused"), std::string::npos) << result.detail;
}

TEST(HttpClientFailure, AResetAfterTheRequestMayHaveBeenProcessed) {
  MisbehavingReceiver receiver{[](Conversation& peer) {
    peer.read_request();
    peer.reset();
  }};
  ClientRig rig;
  const OutboundResult result = rig.send(post_to(receiver.url()));
  EXPECT_EQ(result.outcome, Outcome::reset);
  EXPECT_TRUE(result.may_have_been_sent);
  EXPECT_EQ(result.status, 0);
  EXPECT_EQ(receiver.requests().size(), 1U) << "a fresh connection is not repeated";
}

TEST(HttpClientFailure, AnEndBeforeTheResponseIsAReset) {
  MisbehavingReceiver receiver{[](Conversation& peer) { peer.read_request(); }};
  ClientRig rig;
  EXPECT_EQ(rig.send(post_to(receiver.url())).outcome, Outcome::reset);
}

TEST(HttpClientFailure, HalfAResponseIsAResetWithItsStatus) {
  MisbehavingReceiver receiver{[](Conversation& peer) {
    peer.read_request();
    peer.send("HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf");
  }};
  ClientRig rig;
  const OutboundResult result = rig.send(post_to(receiver.url()));
  EXPECT_EQ(result.outcome, Outcome::reset);
  EXPECT_EQ(result.status, 200);
  EXPECT_EQ(result.body, "half");
}

TEST(HttpClientFailure, AReceiverThatHangsTimesOut) {
  MisbehavingReceiver receiver{[](Conversation& peer) {
    peer.read_request();
    peer.wait_for_end();
  }};
  ClientRig rig;
  const OutboundResult result = rig.send(post_within(kShort, receiver.url()));
  EXPECT_EQ(result.outcome, Outcome::timeout);
  EXPECT_EQ(result.phase, Phase::response);
  EXPECT_TRUE(result.may_have_been_sent);
  EXPECT_GE(result.total_time, kShort);
  EXPECT_EQ(rig.client.stats().connections, 0U) << "it must not be used again";
}

TEST(HttpClientFailure, TheDeadlineIsOfTheWholeResponseNotOfEachRead) {
  MisbehavingReceiver receiver{[](Conversation& peer) {
    peer.read_request();
    peer.send("HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n");
    while (!peer.wait_for_end(5ms) && peer.send("x")) {
    }
  }};
  ClientRig rig;
  const OutboundResult result = rig.send(post_within(kShort, receiver.url()));
  EXPECT_EQ(result.outcome, Outcome::timeout);
}

TEST(HttpClientFailure, AnAnswerThatCameInTimeCountsThoughTheLoopWasLate) {
  std::latch is_answered{2};
  MisbehavingReceiver receiver{[&](Conversation& peer) {
    while (!peer.read_request().head.empty() && peer.send(response(200))) is_answered.count_down();
  }};
  ClientRig rig;
  rig.send(post_to(receiver.url()));
  OutboundResult got;
  rig.client.send(post_within(1ms, receiver.url()), [&](OutboundResult&& result) {
    got = std::move(result);
    rig.loop.stop();
  });
  const auto late = std::chrono::steady_clock::now() + 2ms;
  is_answered.wait();  // while the loop does not run
  while (std::chrono::steady_clock::now() < late) {
  }
  rig.loop.run();
  EXPECT_EQ(got.outcome, Outcome::response);
}

TEST(HttpClientFailure, AReceiverThatDoesNotReadTimesOutWhileSending) {
  MisbehavingReceiver receiver{[](Conversation& peer) { peer.wait_for_end(); }};
  ClientRig rig;
  const std::string body(64 << 20, 'a');
  const OutboundResult result = rig.send(post_within(kShort, receiver.url(), body));
  EXPECT_EQ(result.outcome, Outcome::timeout);
  EXPECT_EQ(result.phase, Phase::request);
}

TEST(HttpClientFailure, WhatIsNotHttpIsMalformed) {
  for (const char* text : {"220 mail.example.com ESMTP\r\n", "HTTP/2 200\r\n\r\n", "\r\n\r\n",
                           "HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nx"}) {
    MisbehavingReceiver receiver{testkit::answer(text)};
    ClientRig rig;
    const OutboundResult result = rig.send(post_to(receiver.url()));
    EXPECT_EQ(result.outcome, Outcome::malformed) << text;
    EXPECT_EQ(rig.client.stats().connections, 0U);
  }
}

TEST(HttpClientFailure, AnEndlessHeaderIsTooLarge) {
  MisbehavingReceiver receiver{[](Conversation& peer) {
    peer.read_request();
    peer.send("HTTP/1.1 200 OK\r\n");
    while (peer.send("x: " + std::string(1000, 'y') + "\r\n")) {
    }
  }};
  ClientRig rig;
  EXPECT_EQ(rig.send(post_to(receiver.url())).outcome, Outcome::too_large);
}

TEST(HttpClientFailure, AnEndlessBodyIsCutAtItsCap) {
  MisbehavingReceiver receiver{[](Conversation& peer) {
    peer.read_request();
    peer.send("HTTP/1.1 200 OK\r\n\r\n");
    while (peer.send(std::string(1000, 'y'))) {
    }
  }};
  ClientRig rig;
  const OutboundResult result = rig.send(post_to(receiver.url()));
  EXPECT_EQ(result.outcome, Outcome::response);
  EXPECT_TRUE(result.body_truncated);
}

TEST(HttpClientFailure, AnAnswerBeforeTheWholeRequestCounts) {
  MisbehavingReceiver receiver{[](Conversation& peer) {
    peer.send(response(413, "too large", "connection: close\r\n"));
    peer.wait_for_end();
  }};
  ClientRig rig;
  const std::string body(64 << 20, 'a');
  const OutboundResult result = rig.send(post_to(receiver.url(), body));
  EXPECT_EQ(result.outcome, Outcome::response);
  EXPECT_EQ(result.status, 413);
  EXPECT_EQ(rig.client.stats().connections, 0U);
}

/// Answers the first request of the first connection, and ends at the second.
MisbehavingReceiver::Script stale_after_one(bool with_reset) {
  return [=](Conversation& peer) {
    peer.read_request();
    peer.send(response(200, "ok"));
    if (peer.number == 0) {
      peer.read_request();
      if (with_reset) peer.reset();
      return;
    }
    peer.wait_for_end();
  };
}

TEST(HttpClientFailure, AStaleConnectionIsReplacedOnce) {
  for (const bool with_reset : {false, true}) {
    MisbehavingReceiver receiver{stale_after_one(with_reset)};
    ClientRig rig;
    rig.send(post_to(receiver.url()));
    const OutboundResult result = rig.send(post_to(receiver.url()));
    EXPECT_EQ(result.outcome, Outcome::response);
    EXPECT_EQ(result.body, "ok");
    EXPECT_FALSE(result.reused_connection);
    EXPECT_EQ(receiver.connections(), 2);
    EXPECT_EQ(receiver.requests().size(), 3U) << "the second came twice";
  }
}

TEST(HttpClientFailure, WhatMustNotBeRepeatedIsNot) {
  MisbehavingReceiver receiver{stale_after_one(true)};
  ClientRig rig;
  rig.send(post_to(receiver.url()));
  OutboundRequest request = post_to(receiver.url());
  request.never_repeat = true;
  const OutboundResult result = rig.send(std::move(request));
  EXPECT_EQ(result.outcome, Outcome::reset);
  EXPECT_TRUE(result.may_have_been_sent);
  EXPECT_EQ(receiver.requests().size(), 2U);
}

TEST(HttpClientFailure, ARepetitionIsNotRepeated) {
  MisbehavingReceiver receiver{[](Conversation& peer) {
    peer.read_request();
    if (peer.number > 0) return;
    peer.send(response(200));
    peer.read_request();
  }};
  ClientRig rig;
  rig.send(post_to(receiver.url()));
  EXPECT_EQ(rig.send(post_to(receiver.url())).outcome, Outcome::reset);
  EXPECT_EQ(receiver.requests().size(), 3U);
}

TEST(HttpClientFailure, AHalfAnsweredRequestIsNotRepeated) {
  MisbehavingReceiver receiver{[](Conversation& peer) {
    peer.read_request();
    peer.send(response(200));
    peer.read_request();
    peer.send("HTTP/1.1 2");
  }};
  ClientRig rig;
  rig.send(post_to(receiver.url()));
  EXPECT_EQ(rig.send(post_to(receiver.url())).outcome, Outcome::reset);
  EXPECT_EQ(receiver.requests().size(), 2U);
}

TEST(HttpClientFailure, AConnectionThatThePeerEndsIsNotUsedAgain) {
  MisbehavingReceiver receiver{[](Conversation& peer) {
    peer.read_request();
    peer.send(response(200));  // and ends, without saying so before
  }};
  ClientRig rig;
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(rig.send(post_to(receiver.url())).outcome, Outcome::response);
    rig.run_until([&] { return rig.client.stats().connections == 0; });
  }
  EXPECT_EQ(receiver.requests().size(), 3U);
}

// A peer that answers what was not asked yet must not have its word taken for the next answer.
TEST(HttpClientFailure, AnAnswerInAdvanceIsNotTakenForTheNext) {
  MisbehavingReceiver receiver{[](Conversation& peer) {
    peer.read_request();
    peer.send(response(200, "first") + response(200, "in advance"));
    peer.read_request();
    peer.send(response(200, "second"));
  }};
  ClientRig rig;
  EXPECT_EQ(rig.send(post_to(receiver.url())).body, "first");
  EXPECT_EQ(rig.send(post_to(receiver.url())).body, "first") << "on a connection of its own";
  EXPECT_EQ(receiver.connections(), 2);
}

TEST(HttpClientFailure, BytesWithoutEndBehindAnAnswerHoldNothingUp) {
  MisbehavingReceiver receiver{[](Conversation& peer) {
    peer.read_request();
    peer.send(response(200, "ok"));
    while (peer.send(std::string(1 << 20, 'x'))) {
    }
  }};
  ClientRig rig;
  const OutboundResult result = rig.send(post_to(receiver.url()));
  EXPECT_EQ(result.body, "ok");
  rig.run_until([&] { return rig.client.stats().connections == 0; });
}

// guards D4
TEST(HttpClientFailure, ALongResponseIsReadInTurns) {
  constexpr std::size_t kBytes = 1 << 20;
  std::latch is_sent{1};
  MisbehavingReceiver receiver{[&](Conversation& peer) {
    peer.read_request();
    peer.send(response(200));
    peer.read_request();
    peer.send(response(200, std::string(kBytes, 'x')));
    is_sent.count_down();
    peer.wait_for_end();
  }};
  ClientRig rig;
  rig.send(post_to(receiver.url()));
  int turns = 0;
  int turns_needed = 0;
  OutboundRequest request = post_to(receiver.url());
  request.response_cap = 2 * kBytes;
  rig.client.send(std::move(request), [&](OutboundResult&& result) {
    EXPECT_EQ(result.body.size(), kBytes);
    turns_needed = turns;
    rig.loop.stop();
  });
  std::function<void()> count = [&] {
    if (turns++ == 0) is_sent.wait();  // from here on all of it is there to be read
    if (turns_needed == 0) rig.loop.post(count);
  };
  rig.loop.post(count);
  rig.loop.run();
  EXPECT_GE(turns_needed, 4);
}

TEST(HttpClientFailure, UnaskedBytesOnAnIdleConnectionEndIt) {
  MisbehavingReceiver receiver{[](Conversation& peer) {
    peer.read_request();
    peer.send(response(200));
    peer.wait_for_end(10ms);
    peer.send(response(200, "unasked"));
    peer.wait_for_end();
  }};
  ClientRig rig;
  rig.send(post_to(receiver.url()));
  rig.run_until([&] { return rig.client.stats().connections == 0; });
  EXPECT_EQ(rig.send(post_to(receiver.url())).body, "");
}

TEST(HttpClientFailure, MoreRequestsThanItMayHoldAreOverload) {
  MisbehavingReceiver receiver{testkit::answer(response(200))};
  testkit::RigOptions options;
  options.client.requests = 3;
  ClientRig rig{options};
  std::vector<OutboundRequest> requests;
  for (int i = 0; i < 5; ++i) requests.push_back(post_to(receiver.url()));
  int answered = 0;
  int overloaded = 0;
  for (const OutboundResult& result : rig.send_all(std::move(requests))) {
    answered += result.outcome == Outcome::response ? 1 : 0;
    overloaded += result.outcome == Outcome::overloaded && !result.may_have_been_sent ? 1 : 0;
  }
  EXPECT_EQ(answered, 3);
  EXPECT_EQ(overloaded, 2);
}

}  // namespace
}  // namespace sluice::delivery
