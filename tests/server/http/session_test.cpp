#include "http/session.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <stdexcept>
#include <string>
#include <thread>

#include "tests/server/http/session_stage.hpp"

namespace sluice::http {
namespace {

using Phase = Session::Phase;

constexpr std::string_view kGet = "GET /a HTTP/1.1\r\nHost: x\r\n\r\n";
constexpr std::string_view kPost = "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n";

TEST(Session, AnswersAGet) {
  SessionStage stage(echo);
  const std::string output = stage.feed(kGet);
  EXPECT_EQ(status(output), 200);
  EXPECT_EQ(body(output), "GET /a ");
  EXPECT_EQ(field(output, "Content-Length"), "7");
  EXPECT_EQ(field(output, "Content-Type"), "text/plain");
  EXPECT_EQ(field(output, "Server"), "sluice");
  EXPECT_EQ(field(output, "Date"), "Thu, 01 Jan 1970 00:00:00 GMT");
  EXPECT_EQ(field(output, "Connection"), "(none)");
  EXPECT_EQ(stage.phase(), Phase::idle);
}

TEST(Session, CountsAnAnswerWithItsRouteAndItsTime) {
  Reply kept;
  SessionStage stage(
      [&](const RequestHead& head, Reply reply) -> std::unique_ptr<BodyReceiver> {
        if (head.path == "/second") reply.set_route(1);
        kept = std::move(reply);
        return nullptr;
      },
      {}, 2);
  for (const auto* const path : {"/second", "/other"}) {
    stage.feed("GET " + std::string(path) + " HTTP/1.1\r\nHost: x\r\n\r\n");
    stage.clock.advance(std::chrono::milliseconds(3));
    kept.send({.status = 404});
    stage.take_answers();
  }
  ServerStats stats;
  stage.counters().add_to(stats);
  ASSERT_EQ(stats.routes.size(), 2U);
  EXPECT_EQ(stats.routes[1].responses_by_class[4], 1U);
  EXPECT_EQ(stats.routes[1].durations.sum, std::chrono::milliseconds(3));
  EXPECT_EQ(stats.routes[0].responses_by_class[4], 0U);
  EXPECT_EQ(stats.responses_by_class[4], 2U);
}

TEST(Session, GivesTheHandlerTheWholeHead) {
  int seen = 0;
  SessionStage stage([&](const RequestHead& head, Reply reply) {
    ++seen;
    EXPECT_EQ(head.method, Method::put);
    EXPECT_EQ(head.target, "/p/q?a=b?c");
    EXPECT_EQ(head.path, "/p/q");
    EXPECT_EQ(head.query, "a=b?c");
    EXPECT_EQ(head.content_length, 3U);
    EXPECT_TRUE(head.has_body);
    EXPECT_EQ(head.peer_address, "192.0.2.1");
    EXPECT_EQ(head.request_id, "mine");
    EXPECT_EQ(head.header("AUTHORIZATION"), "Bearer x");
    EXPECT_EQ(head.header("empty"), "");
    EXPECT_EQ(head.header("missing"), "");
    EXPECT_EQ(head.fields.size(), 5U);
    return answer_at_once(head, std::move(reply));
  });
  stage.feed("PUT /p/q?a=b?c HTTP/1.1\r\nHost: x\r\nauthorization: \t Bearer x \t\r\n"
             "Empty:\r\nX-Request-Id: mine\r\nContent-Length: 3\r\n\r\nabc");
  EXPECT_EQ(seen, 1);
}

TEST(Session, TakesAHeadByteByByte) {
  SessionStage stage(echo);
  std::string output;
  const std::string text = std::string(kPost) + "hello" + std::string(kGet);
  for (const char letter : text) output += stage.feed({&letter, 1});
  EXPECT_EQ(statuses(output), (std::vector<int>{200, 200}));
  EXPECT_NE(output.find("POST /a hello"), std::string::npos);
}

TEST(Session, AnswersPipelinedRequestsInOrderAndTogether) {
  SessionStage stage(echo);
  std::string requests;
  for (int index = 0; index < 16; ++index) {
    requests += "GET /" + std::to_string(index) + " HTTP/1.1\r\nHost: x\r\n\r\n";
  }
  const std::string output = stage.feed(requests);  // one output: one write
  EXPECT_EQ(statuses(output).size(), 16U);
  std::size_t at = 0;
  for (int index = 0; index < 16; ++index) {
    at = output.find("GET /" + std::to_string(index) + " ", at);
    ASSERT_NE(at, std::string::npos) << index;
  }
}

TEST(Session, TakesNoFurtherRequestWhileItWaitsForAnAnswer) {
  std::vector<Reply> replies;
  SessionStage stage([&](const RequestHead&, Reply reply) -> std::unique_ptr<BodyReceiver> {
    replies.push_back(std::move(reply));
    return nullptr;
  });
  EXPECT_EQ(stage.feed(std::string(kGet) + std::string(kGet)), "");
  EXPECT_EQ(stage.phase(), Phase::waiting);
  ASSERT_EQ(replies.size(), 1U);
  replies[0].send(text_response(201, "first"));
  EXPECT_EQ(status(stage.take_answers()), 201);
  ASSERT_EQ(replies.size(), 2U);
  replies[1].send(text_response(202, "second"));
  EXPECT_EQ(status(stage.take_answers()), 202);
}

TEST(Session, TakesAnAnswerFromAnotherThread) {
  std::optional<Reply> kept;
  SessionStage stage([&](const RequestHead&, Reply reply) -> std::unique_ptr<BodyReceiver> {
    kept = std::move(reply);
    return nullptr;
  });
  stage.feed(kGet);
  std::thread([&] {
    kept->send(text_response(200, "from afar"));
    kept.reset();
  }).join();
  EXPECT_TRUE(stage.is_woken);
  EXPECT_EQ(body(stage.take_answers()), "from afar");
}

TEST(Session, ForgetsAnAnswerThatComesAfterTheConnection) {
  std::optional<Reply> kept;
  const RequestHead* head_seen = nullptr;
  SessionStage stage([&](const RequestHead& head, Reply reply) -> std::unique_ptr<BodyReceiver> {
    head_seen = &head;
    kept = std::move(reply);
    return nullptr;
  });
  stage.feed(kGet);
  stage.disconnect();
  EXPECT_EQ(head_seen->path, "/a");  // the Reply keeps it
  kept->send(text_response(200, "late"));
  kept.reset();
}

TEST(Session, StopsTakingRequestsWhenItsOutputIsFull) {
  SessionStage stage([](const RequestHead&, Reply reply) -> std::unique_ptr<BodyReceiver> {
    reply.send(text_response(200, std::string(40'000, 'x')));
    return nullptr;
  });
  std::string requests;
  for (int index = 0; index < 10; ++index) requests += kGet;
  EXPECT_EQ(statuses(stage.feed(requests)).size(), 2U);
  EXPECT_EQ(stage.kept().size(), 8 * kGet.size());
  EXPECT_EQ(statuses(stage.feed("")).size(), 2U);
}

TEST(Session, SendsTheLengthButNotTheBodyToHead) {
  SessionStage stage(echo);
  const std::string output = stage.feed("HEAD /a HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(status(output), 200);
  EXPECT_EQ(field(output, "Content-Length"), "8");
  EXPECT_EQ(body(output), "");
}

TEST(Session, SendsNoLengthWith204) {
  SessionStage stage(answer_at_once);
  const std::string output = stage.feed(kGet);
  EXPECT_EQ(status(output), 204);
  EXPECT_EQ(field(output, "Content-Length"), "(none)");
  EXPECT_EQ(body(output), "");
}

TEST(Session, KeepsHandlersFromInjectingFields) {
  SessionStage stage([](const RequestHead&, Reply reply) -> std::unique_ptr<BodyReceiver> {
    Response response = text_response(200, "x");
    response.headers.emplace_back("X-Name", "a\r\nSet-Cookie: b");
    reply.send(std::move(response));
    return nullptr;
  });
  const std::string output = stage.feed(kGet);
  EXPECT_EQ(field(output, "X-Name"), "a  Set-Cookie: b");
}

TEST(Session, NamesEachRequest) {
  SessionStage stage(answer_at_once);
  const std::string first = field(stage.feed(kGet), "X-Request-Id");
  const std::string second = field(stage.feed(kGet), "X-Request-Id");
  EXPECT_EQ(first.size(), 28U);
  EXPECT_NE(first, second);
}

TEST(Session, TakesTheCallersRequestIdWhenItIsClean) {
  SessionStage stage(answer_at_once);
  const auto id_for = [&](const std::string& given) {
    return field(stage.feed("GET / HTTP/1.1\r\nHost: x\r\nX-Request-ID: " + given + "\r\n\r\n"),
                 "X-Request-Id");
  };
  EXPECT_EQ(id_for("abc-123"), "abc-123");
  EXPECT_EQ(id_for(std::string(128, 'a')), std::string(128, 'a'));
  EXPECT_EQ(id_for(std::string(129, 'a')).substr(0, 4), "req_");
  EXPECT_EQ(id_for("a b").substr(0, 4), "req_");
  EXPECT_EQ(id_for("caf\xc3\xa9").substr(0, 4), "req_");
}

TEST(Session, KeepsTheConnectionAsTheVersionHasIt) {
  const auto connection_after = [](const std::string& version, const std::string& fields) {
    SessionStage stage(answer_at_once);
    const std::string output =
        stage.feed("GET / HTTP/" + version + "\r\nHost: x\r\n" + fields + "\r\n");
    return field(output, "Connection") + (stage.is_closing() ? " closed" : " open");
  };
  EXPECT_EQ(connection_after("1.1", ""), "(none) open");
  EXPECT_EQ(connection_after("1.1", "Connection: close\r\n"), "close closed");
  EXPECT_EQ(connection_after("1.1", "Connection: x, Close\r\n"), "close closed");
  EXPECT_EQ(connection_after("1.0", ""), "close closed");
  EXPECT_EQ(connection_after("1.0", "Connection: keep-alive\r\n"), "keep-alive open");
}

TEST(Session, ClosesWhenTheHandlerSaysSo) {
  SessionStage stage([](const RequestHead&, Reply reply) -> std::unique_ptr<BodyReceiver> {
    Response response = text_response(200, "bye");
    response.close = true;
    reply.send(std::move(response));
    return nullptr;
  });
  EXPECT_EQ(field(stage.feed(std::string(kGet) + std::string(kGet)), "Connection"), "close");
  EXPECT_TRUE(stage.is_closing());
  EXPECT_EQ(stage.feed(kGet), "");
}

TEST(Session, SkipsEmptyLinesBeforeARequest) {
  SessionStage stage(answer_at_once);
  EXPECT_EQ(status(stage.feed("\r\n\r\n" + std::string(kGet))), 204);
  EXPECT_EQ(stage.feed("\r"), "");
  EXPECT_EQ(stage.phase(), Phase::idle);
  EXPECT_EQ(status(stage.feed("\n" + std::string(kGet))), 204);
  EXPECT_EQ(status(stage.feed("\r\n\r\n\r\n\r\n\r\n" + std::string(kGet))), 400);
}

TEST(Session, AnswersTheLastRequestBeforeItStops) {
  std::optional<Reply> kept;
  SessionStage stage([&](const RequestHead&, Reply reply) -> std::unique_ptr<BodyReceiver> {
    kept = std::move(reply);
    return nullptr;
  });
  stage.feed(kGet);
  stage.session().stop();
  EXPECT_EQ(stage.phase(), Phase::waiting);
  kept->send(text_response(200, "last"));
  EXPECT_EQ(field(stage.take_answers(), "Connection"), "close");
  EXPECT_TRUE(stage.is_closing());
}

TEST(Session, StopsAtOnceWhenIdle) {
  SessionStage stage(answer_at_once);
  stage.session().stop();
  EXPECT_TRUE(stage.is_closing());
}

TEST(Session, AnswersForAHandlerThatFails) {
  const auto answer_when = [](auto&& fail) {
    SessionStage stage([&](const RequestHead&, Reply reply) -> std::unique_ptr<BodyReceiver> {
      const Reply kept = std::move(reply);
      fail();
      return nullptr;
    });
    return status(stage.feed(kGet));
  };
  EXPECT_EQ(answer_when([] { throw std::runtime_error("on purpose"); }), 500);
  EXPECT_EQ(answer_when([] { throw std::bad_alloc(); }), 503);
  EXPECT_EQ(answer_when([] {}), 500);  // the Reply was dropped
}

TEST(Session, AnswersForAReceiverThatFails) {
  BodyLog log;
  std::optional<Reply> kept;
  SessionStage stage([&](const RequestHead&, Reply reply) {
    kept = std::move(reply);
    auto receiver = std::make_unique<ScriptedReceiver>(log);
    receiver->on_receive = [](std::string_view) -> bool { throw std::runtime_error("no"); };
    return receiver;
  });
  EXPECT_EQ(status(stage.feed(std::string(kPost) + "he")), 500);
  EXPECT_TRUE(log.is_destroyed);
  EXPECT_FALSE(log.is_finished);
  kept->send(text_response(200, "too late"));
  EXPECT_EQ(stage.take_answers(), "");
  EXPECT_EQ(stage.feed("llo"), "");  // discarded
  EXPECT_EQ(stage.phase(), Phase::idle);
}

TEST(Session, CountsWhatItAnswers) {
  SessionStage stage(answer_at_once);
  stage.feed(std::string(kGet) + std::string(kGet) + "bad\r\n\r\n");
  ServerStats stats;
  stage.counters().add_to(stats);
  EXPECT_EQ(stats.requests, 2U);
  EXPECT_EQ(stats.responses_by_class[2], 2U);
  EXPECT_EQ(stats.responses_by_class[4], 1U);
  EXPECT_EQ(stats.refused_malformed, 1U);
}

}  // namespace
}  // namespace sluice::http
