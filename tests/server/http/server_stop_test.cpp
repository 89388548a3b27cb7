// The end: what was begun is answered, and nothing is waited for longer than was said.
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "base/mutex.hpp"
#include "tests/server/http/server_stage.hpp"
#include "tests/server/http/session_stage.hpp"

namespace {

// While a test says so, each connection that is accepted brings another one to this address.
std::string flooded_address;
std::atomic<int> flood_left{0};

}  // namespace

/// Instead of the C library's.
extern "C" int accept4(int listener, sockaddr* peer, socklen_t* bytes, int flags) {
  const auto accepted = static_cast<int>(::syscall(SYS_accept4, listener, peer, bytes, flags));
  if (accepted < 0 || flood_left == 0) return accepted;
  --flood_left;
  try {
    sluice::http::RawClient(flooded_address).reset();
  } catch (const std::system_error&) {
    flood_left = 0;  // which the test takes for a failure
  }
  return accepted;
}

namespace sluice::http {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
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
  stage.server().stop(minutes(1));
  EXPECT_EQ(client.read_to_end(), "");
  EXPECT_THROW(stage.connect(), std::system_error);
}

TEST(ServerStop, WaitsForAnAnswer) {
  OneReply kept;
  ServerStage stage(kept.script(), one_thread());
  RawClient witness = stage.connect();
  RawClient client = stage.connect_and_send(kGet);
  ASSERT_TRUE(eventually([&] { return kept.is_there(); }));
  std::jthread stopping([&] { stage.server().stop(minutes(1)); });
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
  std::jthread stopping([&] { stage.server().stop(minutes(1)); });
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

TEST(ServerStop, DoesNotWaitForTheEndOfConnectionsThatComeWithoutEnd) {
  ServerOptions options = one_thread();
  options.connections = 0;  // so that their number is no matter of descriptors
  ServerStage stage(echo, options);
  flooded_address = stage.server().address();
  flood_left = 1'000'000;  // half a minute's
  stage.connect();
  stage.server().stop(minutes(1));
  EXPECT_GT(flood_left.exchange(0), 0);
}

TEST(ServerStop, MayBeCalledTwiceAndBeforeStart) {
  ServerStage stage(echo);
  stage.server().stop(seconds(1));
  stage.server().stop(seconds(1));
  ScriptedHandler handler(echo);
  const testkit::ManualClock clock;
  Server never_started(test_options(), handler, clock);
  never_started.stop(minutes(1));
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
  stage.server().stop(minutes(1));
  for (std::thread& client : clients) client.join();
}

}  // namespace
}  // namespace sluice::http
