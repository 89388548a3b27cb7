#include "http/server.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <optional>
#include <stdexcept>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

#include "base/mutex.hpp"
#include "tests/server/http/server_stage.hpp"
#include "tests/server/http/session_stage.hpp"

namespace sluice::http {
namespace {

const std::string kGet = "GET /a HTTP/1.1\r\nHost: x\r\n\r\n";

// Replies that a test answers when it likes.
class KeptReplies {
 public:
  ScriptedHandler::Script script() {
    return [this](const RequestHead&, Reply reply) -> std::unique_ptr<BodyReceiver> {
      const base::MutexLock lock(mutex_);
      replies_.push_back(std::move(reply));
      return nullptr;
    };
  }
  std::size_t size() {
    const base::MutexLock lock(mutex_);
    return replies_.size();
  }
  void answer_all() {
    std::vector<Reply> all;
    {
      const base::MutexLock lock(mutex_);
      all.swap(replies_);
    }
    for (Reply& reply : all) reply.send(text_response(200, "kept"));
  }

 private:
  base::Mutex mutex_;
  std::vector<Reply> replies_ SLUICE_GUARDED_BY(mutex_);
};

TEST(Server, AnswersOnThePortThatItNames) {
  const ServerStage stage(echo);
  RawClient client = stage.connect();
  EXPECT_EQ(body(client.ask(kGet)), "GET /a ");
  EXPECT_EQ(body(client.ask("POST /b HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nhi")),
            "POST /b hi");
}

TEST(Server, AnswersOverIpv6) {
  ServerOptions options = test_options();
  options.listen = "[::1]:0";
  std::string peer;
  ServerStage stage(
      [&](const RequestHead& head, Reply reply) {
        peer = head.peer_address;
        return echo(head, std::move(reply));
      },
      options);
  EXPECT_EQ(stage.server().address().substr(0, 6), "[::1]:");
  EXPECT_EQ(status(stage.connect().ask(kGet)), 200);
  EXPECT_EQ(peer, "::1");
}

TEST(Server, RefusesBadListenTexts) {
  ScriptedHandler handler(echo);
  const testkit::ManualClock clock;
  ServerOptions options;
  for (const char* text : {"", "8080", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "::1:80",
                           "[127.0.0.1]:80", "localhost:x", "127.0.0.1:80x", "127.0.0.1:-1"}) {
    options.listen = text;
    EXPECT_THROW(Server(options, handler, clock), std::invalid_argument) << text;
  }
}

TEST(Server, TakesNoPortThatAnotherServerHas) {
  ServerStage stage(echo);
  ServerOptions options = test_options();
  options.listen = stage.server().address();
  ScriptedHandler handler(echo);
  const testkit::ManualClock clock;
  try {
    const Server second(options, handler, clock);
    ADD_FAILURE() << "it listens on a port that is in use";
  } catch (const std::system_error& error) {
    EXPECT_EQ(error.code(), std::errc::address_in_use);
    EXPECT_NE(std::string(error.what()).find(options.listen), std::string::npos);
  }
}

TEST(Server, WritesTheAnswersOfPipelinedRequestsAtOnce) {
  const ServerStage stage(echo);
  RawClient client = stage.connect();
  std::string requests;
  for (int index = 0; index < 16; ++index) requests += kGet;
  client.send(requests);
  EXPECT_EQ(statuses(client.read_some()).size(), 16U);
}

TEST(Server, TakesALargeBody) {
  const ServerStage stage(echo);
  RawClient client = stage.connect();
  const std::string sent(3'000'000, 'x');
  const std::string answer = client.ask("PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: " +
                                        std::to_string(sent.size()) + "\r\n\r\n" + sent);
  EXPECT_EQ(body(answer), "PUT / " + sent);
}

TEST(Server, ReadsABodyToWhereTheReceiverWantsIt) {
  BodyLog log;
  std::string place(100'000, ' ');
  const ServerStage stage([&](const RequestHead& head, Reply reply) {
    if (head.method == Method::get) return echo(head, std::move(reply));
    auto receiver = std::make_unique<ScriptedReceiver>(log);
    receiver->place = place;
    receiver->on_finish = [kept = std::make_shared<Reply>(std::move(reply))] {
      kept->send(text_response(200, "taken"));
    };
    return std::unique_ptr<BodyReceiver>(std::move(receiver));
  });
  RawClient client = stage.connect();
  std::string sent(3'000'000, ' ');
  for (std::size_t i = 0; i < sent.size(); ++i) sent[i] = static_cast<char>('a' + i % 23);
  // The next request is right behind it, and is not taken for a part of it.
  client.send("PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: " + std::to_string(sent.size()) +
              "\r\n\r\n" + sent + kGet);
  EXPECT_EQ(body(client.read_response()), "taken");
  EXPECT_EQ(body(client.read_response()), "GET /a ");
  EXPECT_EQ(log.bytes, sent);
  EXPECT_GT(log.fragments_in_place, 0);
}

TEST(Server, AsksForABodyWhenTheClientWaits) {
  const ServerStage stage(echo);
  RawClient client = stage.connect();
  client.send("PUT / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
  EXPECT_EQ(client.read_some(), "HTTP/1.1 100 Continue\r\n\r\n");
  EXPECT_EQ(body(client.ask("hi")), "PUT / hi");
}

TEST(Server, TakesAnswersFromOtherThreads) {
  KeptReplies replies;
  ServerStage stage(replies.script());
  std::vector<RawClient> clients;
  for (int index = 0; index < 32; ++index) clients.push_back(stage.connect_and_send(kGet));
  ASSERT_TRUE(eventually([&] { return replies.size() == 32; }));
  std::thread([&] { replies.answer_all(); }).join();
  for (RawClient& client : clients) EXPECT_EQ(body(client.read_response()), "kept");
}

TEST(Server, AnswersAClientThatHasEndedSending) {
  KeptReplies replies;
  ServerStage stage(replies.script());
  RawClient client = stage.connect();
  client.send(kGet + kGet);
  client.end_sending();
  for (int index = 0; index < 2; ++index) {
    ASSERT_TRUE(eventually([&] { return replies.size() == 1; }));
    replies.answer_all();
  }
  EXPECT_EQ(statuses(client.read_to_end()), (std::vector<int>{200, 200}));
  EXPECT_TRUE(stage.has_open(0));
}

std::string numbered_requests(int count) {
  std::string requests;
  for (int index = 0; index < count; ++index) {
    requests += "GET /" + std::to_string(index) + " HTTP/1.1\r\nHost: x\r\n\r\n";
  }
  return requests;
}

TEST(Server, AnswersAllThatWasSentBeforeTheEnd) {
  const ServerStage stage(echo);
  for (const bool is_in_pieces : {false, true}) {
    RawClient client = stage.connect();
    const std::string requests = numbered_requests(40);
    client.send(requests.substr(0, is_in_pieces ? 100 : requests.size()));
    if (is_in_pieces) client.send(requests.substr(100));
    client.end_sending();
    EXPECT_EQ(statuses(client.read_to_end()), std::vector<int>(40, 200)) << is_in_pieces;
  }
}

TEST(Server, AnswersAllThatWasSentBeforeTheEndFromOtherThreads) {
  KeptReplies replies;
  const ServerStage stage(replies.script());
  RawClient client = stage.connect();
  client.send(numbered_requests(40));
  client.end_sending();
  std::jthread answering([&](const std::stop_token& stop) {
    while (!stop.stop_requested()) replies.answer_all();
  });
  EXPECT_EQ(statuses(client.read_to_end()), std::vector<int>(40, 200));
}

TEST(Server, AbandonsABodyWhoseConnectionIsReset) {
  std::atomic<bool> was_abandoned{false};
  BodyLog log;
  struct Receiver final : BodyReceiver {
    Receiver(std::atomic<bool>& flag, Reply given) : abandoned(flag), reply(std::move(given)) {}
    bool receive(std::string_view) override { return true; }
    void finish() override {}
    void abandon() override { abandoned = true; }
    std::atomic<bool>& abandoned;
    Reply reply;
  };
  const ServerStage stage([&](const RequestHead&, Reply reply) {
    return std::make_unique<Receiver>(was_abandoned, std::move(reply));
  });
  for (const bool is_reset : {true, false}) {
    was_abandoned = false;
    RawClient client =
        stage.connect_and_send("PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nabc");
    is_reset ? client.reset() : client.end_sending();
    EXPECT_TRUE(eventually([&] { return was_abandoned.load(); })) << is_reset;
  }
}

TEST(Server, ForgetsAnswersToConnectionsThatDied) {
  KeptReplies replies;
  const ServerStage stage(replies.script());
  stage.connect_and_send(kGet).reset();
  ASSERT_TRUE(eventually([&] { return replies.size() == 1; }));
  replies.answer_all();  // writing fails
  EXPECT_TRUE(stage.has_open(0));
}

TEST(Server, PausesABodyUntilItsReceiverGoesOn) {
  base::Mutex mutex;
  std::optional<Reply> kept;
  std::atomic<std::size_t> received{0};
  struct Receiver final : BodyReceiver {
    explicit Receiver(std::atomic<std::size_t>& count) : received(count) {}
    bool receive(std::string_view bytes) override {
      received += bytes.size();
      return false;
    }
    void finish() override {}
    void abandon() override {}
    std::atomic<std::size_t>& received;
  };
  const ServerStage stage([&](const RequestHead&, Reply reply) {
    const base::MutexLock lock(mutex);
    kept = std::move(reply);
    return std::make_unique<Receiver>(received);
  });
  constexpr std::size_t kBody = 1'000'000;
  RawClient client = stage.connect();
  std::jthread sender([&] {
    client.send("PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: " + std::to_string(kBody) +
                "\r\n\r\n" + std::string(kBody, 'x'));
  });
  std::size_t last = 0;
  int pauses = 0;
  while (received < kBody) {
    ASSERT_TRUE(eventually([&] { return received > last; }));
    EXPECT_LE(received - last, std::size_t{64} << 10U);  // one buffer, then it pauses
    last = received;
    ++pauses;
    const base::MutexLock lock(mutex);
    kept->resume();
  }
  EXPECT_GE(pauses, 15);
  sender.join();
  kept->send(text_response(200, "all"));
  EXPECT_EQ(body(client.read_response()), "all");
}

TEST(Server, LetsTheClientReadAnEarlyAnswerWhileItSends) {
  const ServerStage stage([](const RequestHead&, Reply reply) -> std::unique_ptr<BodyReceiver> {
    reply.send(text_response(413, "too much"));
    return nullptr;
  });
  RawClient client = stage.connect();
  client.send("PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 20000000\r\n\r\n");
  for (int index = 0; index < 200; ++index) client.send(std::string(100'000, 'x'));
  const std::string answer = client.read_to_end();
  EXPECT_EQ(status(answer), 413);
  EXPECT_EQ(body(answer), "too much");
  EXPECT_FALSE(client.was_reset());
}

TEST(Server, DeliversALongAnswerToASlowReader) {
  const ServerStage stage([](const RequestHead&, Reply reply) -> std::unique_ptr<BodyReceiver> {
    reply.send(text_response(200, std::string(20'000'000, 'x')));
    return nullptr;
  });
  RawClient client = stage.connect_and_send(kGet + kGet);
  EXPECT_EQ(body(client.read_response()).size(), 20'000'000U);
  EXPECT_EQ(body(client.read_response()).size(), 20'000'000U);
}

TEST(Server, CountsWhatHappens) {
  const ServerStage stage(echo);
  {
    RawClient client = stage.connect();
    client.ask(kGet);
    client.ask("nonsense\r\n\r\n");
  }
  EXPECT_TRUE(stage.has_open(0));
  const ServerStats stats = stage.stats();
  EXPECT_EQ(stats.requests, 1U);
  EXPECT_EQ(stats.responses_by_class[2], 1U);
  EXPECT_EQ(stats.responses_by_class[4], 1U);
  EXPECT_EQ(stats.connections_accepted, 1U);
  EXPECT_EQ(stats.bytes_received, kGet.size() + 12);
  EXPECT_GT(stats.bytes_sent, 300U);
}

}  // namespace
}  // namespace sluice::http
