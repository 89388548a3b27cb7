// Bodies: to the receiver, past it, and what happens when an answer comes first.
#include <gtest/gtest.h>

#include <optional>
#include <string>

#include "tests/server/http/session_stage.hpp"

namespace sluice::http {
namespace {

using Phase = Session::Phase;

std::string post(std::size_t length, const std::string& fields = "") {
  return "POST /a HTTP/1.1\r\nHost: x\r\n" + fields +
         "Content-Length: " + std::to_string(length) + "\r\n\r\n";
}

const std::string kChunkedPost =
    "POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
const std::string kGet = "GET /next HTTP/1.1\r\nHost: x\r\n\r\n";

// Keeps the Reply, and writes down what happens to the body.
struct KeptRequest {
  BodyLog log;
  std::optional<Reply> reply;
  bool takes_more = true;
  std::string place;  // to read to

  ScriptedHandler::Script script() {
    return [this](const RequestHead&, Reply given) {
      reply = std::move(given);
      auto receiver = std::make_unique<ScriptedReceiver>(log);
      receiver->place = place;
      receiver->on_receive = [this](std::string_view) { return takes_more; };
      return receiver;
    };
  }
};

ScriptedHandler::Script discard_then_answer(std::optional<Reply>& kept) {
  return [&kept](const RequestHead&, Reply reply) -> std::unique_ptr<BodyReceiver> {
    kept = std::move(reply);
    return nullptr;
  };
}

TEST(SessionBody, GoesToTheReceiverAsItArrives) {
  KeptRequest request;
  SessionStage stage(request.script());
  stage.feed(post(10) + "abc");
  EXPECT_EQ(request.log.bytes, "abc");
  EXPECT_EQ(stage.phase(), Phase::body);
  stage.feed("defg");
  stage.feed("hij" + kGet);
  EXPECT_EQ(request.log.bytes, "abcdefghij");
  EXPECT_EQ(request.log.fragments, 3);
  EXPECT_TRUE(request.log.is_finished);
  EXPECT_EQ(stage.phase(), Phase::waiting);
  request.reply->send(text_response(200, ""));
  EXPECT_EQ(status(stage.take_answers()), 200);
}

TEST(SessionBody, MayBeReadToWhereTheReceiverWantsIt) {
  KeptRequest request;
  request.place.resize(10'000);
  SessionStage stage(request.script());
  EXPECT_TRUE(stage.session().room().empty());
  stage.feed(post(30'000).substr(0, 20));
  EXPECT_TRUE(stage.session().room().empty());
  stage.feed(post(30'000).substr(20));
  EXPECT_EQ(stage.session().room().data(), request.place.data());
  EXPECT_EQ(stage.session().room().size(), 10'000U);
  stage.feed(std::string(25'000, 'x'));
  EXPECT_EQ(stage.session().room().size(), 5'000U);  // what follows the body goes elsewhere
  stage.feed(std::string(2'000, 'x'));
  EXPECT_TRUE(stage.session().room().empty());  // a little is not worth it
  stage.feed(std::string(3'000, 'x'));
  EXPECT_TRUE(request.log.is_finished);
  EXPECT_TRUE(stage.session().room().empty());
}

TEST(SessionBody, IsReadAsUsualWhereItsLengthIsNotKnownOrNobodyTakesIt) {
  KeptRequest request;
  request.place.resize(10'000);
  SessionStage stage(request.script());
  stage.feed(kChunkedPost + "2710\r\nabc");
  EXPECT_EQ(request.log.bytes, "abc");
  EXPECT_TRUE(stage.session().room().empty());
  std::optional<Reply> kept;
  SessionStage discarding(discard_then_answer(kept));
  discarding.feed(post(30'000));
  EXPECT_TRUE(discarding.session().room().empty());
}

TEST(SessionBody, IsFinishedWithoutAByteWhereThereIsNone) {
  KeptRequest request;
  SessionStage stage(request.script());
  stage.feed(kGet);
  EXPECT_TRUE(request.log.is_finished);
  EXPECT_EQ(request.log.fragments, 0);
}

TEST(SessionBody, MayComeWithAnyMethod) {
  SessionStage stage(echo);
  const std::string output =
      stage.feed("GET /a HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nhi" + kGet);
  EXPECT_EQ(statuses(output), (std::vector<int>{200, 200}));
  EXPECT_NE(output.find("GET /a hi"), std::string::npos);
}

TEST(SessionBody, IsPutTogetherFromChunks) {
  KeptRequest request;
  SessionStage stage(request.script());
  EXPECT_EQ(stage.feed(kChunkedPost + "5\r\nhello\r\n"), "");
  EXPECT_FALSE(request.log.is_finished);
  stage.feed("1;name=\"va lue\"; x\r\n \r\n00A\r\n0123456789\r\n0\r\n\r\n");
  EXPECT_EQ(request.log.bytes, "hello 0123456789");
  EXPECT_TRUE(request.log.is_finished);
}

TEST(SessionBody, IsTheSameHoweverChunksAreCut) {
  const std::string text =
      kChunkedPost + "5\r\nhello\r\nb; a=b\r\n wide world\r\n0\r\nX: y\r\n\r\n" + kGet;
  for (std::size_t cut = 1; cut < text.size(); ++cut) {
    SessionStage stage(echo);
    std::string output = stage.feed(text.substr(0, cut));
    output += stage.feed(text.substr(cut));
    ASSERT_EQ(statuses(output), (std::vector<int>{200, 200})) << cut;
    ASSERT_NE(output.find("POST /a hello wide world"), std::string::npos) << cut;
  }
}

// Beast 1.81 asserts that it is given five bytes of the last chunk, which a peer need not do.
TEST(SessionBody, MayBeEmptyHoweverItsOnlyChunkIsCut) {
  const std::string text = kChunkedPost + "0\r\n\r\n";
  SessionStage stage(echo);
  std::string output;
  for (const char letter : text) output += stage.feed({&letter, 1});
  EXPECT_EQ(body(output), "POST /a ");
}

TEST(SessionBody, DropsTrailers) {
  SessionStage stage([](const RequestHead& head, Reply reply) {
    EXPECT_EQ(head.header("X-Sum"), "");
    EXPECT_EQ(head.header("Authorization"), "");
    return echo(head, std::move(reply));
  });
  const std::string output =
      stage.feed(kChunkedPost + "0\r\nX-Sum: 1\r\nAuthorization: y\r\n\r\n" + kGet);
  EXPECT_EQ(statuses(output), (std::vector<int>{200, 200}));
}

TEST(SessionBody, IsRefusedForBadChunks) {
  for (const char* chunk :
       {"x\r\n", "-1\r\n", "\r\n", " 5\r\nhello\r\n", "0x5\r\nhello\r\n", "5\nhello\r\n0\r\n\r\n",
        "5\r\nhello!\r\n", "5\r\nhello0\r\n\r\n", "11111111111111111\r\n", "5 \r\nhello\r\n",
        "5;\r\nhello\r\n", "5;a=\"\r\n\"\r\nhello\r\n", "0\r\nContent-Length: 5\r\n\r\n",
        "0\r\nTransfer-Encoding: chunked\r\n\r\n", "0\r\nbad trailer\r\n\r\n", "5\rhello\r\n"}) {
    KeptRequest request;
    SessionStage stage(request.script());
    EXPECT_EQ(status(stage.feed(kChunkedPost + chunk + "and more\r\n\r\n")), 400) << chunk;
    EXPECT_TRUE(stage.is_closing()) << chunk;
    EXPECT_TRUE(request.log.is_abandoned) << chunk;
    EXPECT_FALSE(request.log.is_finished) << chunk;
  }
}

TEST(SessionBody, IsRefusedForChunkLinesWithoutEnd) {
  KeptRequest request;
  SessionStage stage(request.script());
  std::string output = stage.feed(kChunkedPost + "1;");
  for (int index = 0; index < 20 && output.empty(); ++index) {
    output = stage.feed(std::string(1000, 'a'));
  }
  EXPECT_EQ(status(output), 431);
  EXPECT_TRUE(stage.is_closing());
}

TEST(SessionBody, IsAbandonedWhenTheConnectionDiesUnlessItWasFinished) {
  for (const std::size_t bytes : {10U, 3U}) {
    KeptRequest request;
    SessionStage stage(request.script());
    stage.feed(post(bytes) + "abc");
    stage.disconnect();
    EXPECT_EQ(request.log.is_finished, bytes == 3);
    EXPECT_EQ(request.log.is_abandoned, bytes == 10);
    EXPECT_TRUE(request.log.is_destroyed);
  }
}

TEST(SessionBody, WaitsWhileItsReceiverIsPaused) {
  KeptRequest request;
  request.takes_more = false;
  SessionStage stage(request.script());
  stage.feed(kChunkedPost + "1\r\na\r\n1\r\nb\r\n0\r\n\r\n");
  EXPECT_EQ(request.log.bytes, "a");
  EXPECT_EQ(stage.phase(), Phase::paused);
  EXPECT_EQ(stage.feed("more"), "");
  EXPECT_EQ(request.log.bytes, "a");
  request.takes_more = true;
  request.reply->resume();
  stage.take_answers();
  EXPECT_EQ(request.log.bytes, "ab");
  EXPECT_TRUE(request.log.is_finished);
}

TEST(SessionBody, IsNotFinishedWhileItsReceiverIsPaused) {
  KeptRequest request;
  request.takes_more = false;
  SessionStage stage(request.script());
  stage.feed(post(3) + "abc");
  EXPECT_FALSE(request.log.is_finished);
  EXPECT_EQ(stage.phase(), Phase::paused);
  request.reply->resume();
  stage.take_answers();
  EXPECT_TRUE(request.log.is_finished);
  EXPECT_EQ(stage.phase(), Phase::waiting);
}

TEST(SessionBody, GoesOnWhenReceiveItselfResumes) {
  KeptRequest request;
  SessionStage stage([&](const RequestHead&, Reply reply) {
    request.reply = std::move(reply);
    auto receiver = std::make_unique<ScriptedReceiver>(request.log);
    receiver->on_receive = [&](std::string_view) {
      request.reply->resume();
      return false;
    };
    return receiver;
  });
  stage.feed(post(6) + "abc");
  stage.feed("def");
  EXPECT_TRUE(request.log.is_finished);
}

TEST(SessionBody, StopsReachingAReceiverThatHasAnswered) {
  KeptRequest request;
  SessionStage stage([&](const RequestHead&, Reply reply) {
    request.reply = std::move(reply);
    auto receiver = std::make_unique<ScriptedReceiver>(request.log);
    receiver->on_receive = [&](std::string_view) {
      request.reply->send(text_response(413, "enough"));
      return true;
    };
    return receiver;
  });
  const std::string output = stage.feed(post(6) + "abc");
  EXPECT_EQ(status(output), 413);
  EXPECT_EQ(field(output, "Connection"), "(none)");  // the rest is short
  EXPECT_TRUE(request.log.is_destroyed);
  EXPECT_FALSE(request.log.is_abandoned);
  EXPECT_EQ(stage.phase(), Phase::body);
  stage.feed("def" + kGet);
  EXPECT_EQ(request.log.bytes, "abc");
  EXPECT_EQ(request.log.fragments, 1);
}

TEST(SessionBody, IsDiscardedAfterAnEarlyAnswerWhenItIsShort) {
  SessionStage stage(answer_at_once);
  const std::string output = stage.feed(post(1000) + std::string(1000, 'x') + kGet);
  EXPECT_EQ(statuses(output), (std::vector<int>{204, 204}));
  EXPECT_FALSE(stage.is_closing());
}

TEST(SessionBody, ClosesAfterAnEarlyAnswerWhenItIsLong) {
  RequestLimits limits;
  limits.discard_bytes = 1000;
  SessionStage stage(answer_at_once, limits);
  const std::string output = stage.feed(post(1001) + "x");
  EXPECT_EQ(status(output), 204);
  EXPECT_EQ(field(output, "Connection"), "close");
  EXPECT_TRUE(stage.is_closing());
  EXPECT_TRUE(stage.session().needs_linger());
}

TEST(SessionBody, ClosesAfterAnEarlyAnswerWhenItsLengthIsUnknown) {
  SessionStage stage(answer_at_once);
  const std::string output = stage.feed(kChunkedPost + "1\r\na\r\n");
  EXPECT_EQ(status(output), 204);
  EXPECT_EQ(field(output, "Connection"), "close");
}

TEST(SessionBody, IsDiscardedUpToALimitWhereNobodyWantsIt) {
  std::optional<Reply> kept;
  RequestLimits limits;
  limits.discard_bytes = 10;
  SessionStage stage(discard_then_answer(kept), limits);
  EXPECT_EQ(stage.feed(kChunkedPost + "a\r\n0123456789\r\n"), "");
  EXPECT_EQ(status(stage.feed("1\r\nx\r\n")), 413);
  EXPECT_TRUE(stage.is_closing());
  kept->send(text_response(200, "late"));
  EXPECT_EQ(stage.take_answers(), "");
}

TEST(SessionBody, IsAskedForWhenTheClientWaits) {
  SessionStage stage(echo);
  EXPECT_EQ(stage.feed(post(2, "Expect: 100-Continue\r\n")), "HTTP/1.1 100 Continue\r\n\r\n");
  EXPECT_EQ(status(stage.feed("hi")), 200);
  EXPECT_FALSE(stage.is_closing());
}

TEST(SessionBody, IsNotAskedForWhenItIsRefused) {
  SessionStage stage(answer_at_once);
  const std::string output = stage.feed(post(2, "Expect: 100-continue\r\n"));
  EXPECT_EQ(status(output), 204);
  EXPECT_EQ(field(output, "Connection"), "close");
  EXPECT_TRUE(stage.is_closing());
}

TEST(SessionBody, IsNotAskedForWhereThereIsNone) {
  SessionStage stage(echo);
  EXPECT_EQ(status(stage.feed("GET / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\n\r\n")), 200);
  EXPECT_EQ(status(stage.feed(post(0, "Expect: 100-continue\r\n"))), 200);
}

TEST(SessionBody, IsNotAskedForInHttp10) {
  SessionStage stage(echo);
  EXPECT_EQ(stage.feed("POST / HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n"), "");
  EXPECT_EQ(status(stage.feed("hi")), 200);
}

TEST(SessionBody, TakesNothingMoreAfterItsDeadline) {
  KeptRequest request;
  SessionStage stage(request.script());
  stage.feed(post(10) + "abc");
  const std::string output = stage.expire();
  EXPECT_EQ(status(output), 408);
  EXPECT_EQ(field(output, "Connection"), "close");
  EXPECT_TRUE(request.log.is_abandoned);
  EXPECT_EQ(stage.feed("defghij"), "");
}

}  // namespace
}  // namespace sluice::http
