// The end: what was begun is answered, and nothing is waited for longer than was said.
#include <gtest/gtest.h>

#include <atomic>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "base/mutex.hpp"
#include "tests/server/http/server_stage.hpp"
#include "tests/server/http/session_stage.hpp"

namespace sluice::http {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

const std::string kGet = "GET /a HTTP/1.1\r\nHost: x\r\n\r\n";

// Holds the one Reply of a test.
struct OneReply {
  ScriptedHandler::Script script() {
    return [this](const RequestHead&, Reply given) -> std::unique_ptr<BodyReceiver> {
      const base::MutexLock lock(mutex);
      reply = std::move(given);
      return nullptr;
    };
  }
  bool is_there() {
    const base::MutexLock lock(mutex);
    return reply.has_value();
  }
  void send() {
    const base::MutexLock lock(mutex);
    reply->send(text_response(200, "at last"));
  }

  base::Mutex mutex;
  std::optional<Reply> reply SLUICE_GUARDED_BY(mutex);
};

TEST(ServerStop, ClosesIdleConnectionsAtOnce) {
  ServerStage stage(echo);
  RawClient client = stage.connect();
  client.ask(kGet);
  stage.server().stop(seconds(10));
  EXPECT_EQ(client.read_to_end(), "");
  EXPECT_THROW(stage.connect(), std::system_error);
}

TEST(ServerStop, WaitsForAnAnswer) {
  OneReply kept;
  ServerStage stage(kept.script(), one_thread());
  RawClient witness = stage.connect();
  RawClient client = stage.connect_and_send(kGet);
  ASSERT_TRUE(eventually([&] { return kept.is_there(); }));
  std::jthread stopping([&] { stage.server().stop(seconds(10)); });
  EXPECT_EQ(witness.read_to_end(), "");  // stopping has begun
  kept.send();
  const std::string answer = client.read_to_end();
  stopping.join();
  EXPECT_EQ(body(answer), "at last");
  EXPECT_EQ(field(answer, "Connection"), "close");
}

TEST(ServerStop, WaitsForABody) {
  ServerStage stage(echo, one_thread());
  RawClient witness = stage.connect();
  RawClient client =
      stage.connect_and_send("PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 6\r\n\r\nabc");
  std::jthread stopping([&] { stage.server().stop(seconds(10)); });
  EXPECT_EQ(witness.read_to_end(), "");
  client.send("def");
  EXPECT_EQ(body(client.read_to_end()), "PUT / abcdef");
  stopping.join();
}

TEST(ServerStop, WaitsNoLongerThanItsDeadline) {
  OneReply kept;
  std::optional<ServerStage> stage(std::in_place, kept.script());
  RawClient client = stage->connect_and_send(kGet);
  ASSERT_TRUE(eventually([&] { return kept.is_there(); }));
  stage->server().stop(milliseconds(10));
  EXPECT_EQ(client.read_to_end(), "");
  stage.reset();
  kept.send();  // there is no server any more
}

TEST(ServerStop, MayBeCalledTwiceAndBeforeStart) {
  ServerStage stage(echo);
  stage.server().stop(seconds(1));
  stage.server().stop(seconds(1));
  ScriptedHandler handler(echo);
  const testkit::ManualClock clock;
  Server never_started(test_options(), handler, clock);
  never_started.stop(seconds(10));
}

// Every answer that begins is whole, and whoever is not answered was not cut off in the middle.
TEST(ServerStop, CutsNoAnswerShortUnderLoad) {
  ServerStage stage(echo);
  std::atomic<int> answered{0};
  std::vector<std::thread> clients;
  for (int index = 0; index < 8; ++index) {
    clients.emplace_back([&] {
      try {
        RawClient client = stage.connect();  // refused, if the others were so fast
        for (;;) {
          const std::string answer = client.ask(kGet);
          EXPECT_EQ(body(answer), "GET /a ");
          ++answered;
          if (field(answer, "Connection") == "close") break;
        }
        EXPECT_EQ(client.read_to_end(), "");
      } catch (const std::runtime_error& closed) {
        // Between two answers, never within one.
        const std::string what = closed.what();
        EXPECT_TRUE(what.find("HTTP/1.1") == std::string::npos) << what;
      }
    });
  }
  ASSERT_TRUE(eventually([&] { return answered > 1000; }));
  stage.server().stop(seconds(10));
  for (std::thread& client : clients) client.join();
}

}  // namespace
}  // namespace sluice::http
