// Deadlines, by a clock that the test moves, and how many connections there may be.
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <atomic>
#include <fstream>
#include <optional>
#include <string>
#include <vector>

#include "tests/server/http/server_stage.hpp"
#include "tests/server/http/session_stage.hpp"

namespace sluice::http {
namespace {

using std::chrono::seconds;

const std::string kGet = "GET /a HTTP/1.1\r\nHost: x\r\n\r\n";

TEST(ServerDeadlines, EndAHeadThatTakesTooLong) {
  ServerStage stage(echo);
  RawClient client = stage.connect_and_send("GET / HTTP/1.1\r\nHo");
  stage.clock().advance(seconds(11));
  EXPECT_EQ(status(client.read_to_end()), 408);
  EXPECT_EQ(stage.stats().timeouts, 1U);
}

TEST(ServerDeadlines, AreNotProlongedByAFurtherByteOfAHead) {
  ServerStage stage(echo);
  RawClient client = stage.connect_and_send("GET / HTTP/1.1\r\n");
  for (int index = 0; index < 3; ++index) {
    stage.clock().advance(seconds(3));
    stage.send(client, "A: b\r\n");
  }
  EXPECT_EQ(stage.stats().timeouts, 0U);
  stage.clock().advance(seconds(2));
  EXPECT_EQ(status(client.read_to_end()), 408);
}

TEST(ServerDeadlines, BeginAnewWithTheNextRequest) {
  ServerStage stage(echo, one_thread());
  RawClient client = stage.connect_and_send("GET / HTTP/1.1\r\nHost: x\r\n");
  for (int index = 0; index < 4; ++index) {
    stage.pass(seconds(6));  // seen before the next request begins, and so no time of it
    stage.send(client, "\r\nGET / HTTP/1.1\r\nHost: x\r\n");
    EXPECT_EQ(status(client.read_response()), 200);
  }
}

TEST(ServerDeadlines, EndAnIdleConnectionWithoutAWord) {
  ServerStage stage(echo);
  RawClient fresh = stage.connect();
  RawClient used = stage.connect();
  used.ask(kGet);
  ASSERT_TRUE(stage.has_open(2));
  stage.clock().advance(seconds(76));
  EXPECT_EQ(fresh.read_to_end(), "");
  EXPECT_EQ(used.read_to_end(), "");
  EXPECT_EQ(stage.stats().timeouts, 0U);
  EXPECT_TRUE(stage.has_open(0));
}

TEST(ServerDeadlines, SpareAnIdleConnectionUntilThen) {
  ServerStage stage(echo, one_thread());
  RawClient client = stage.connect();
  client.ask(kGet);
  for (int index = 0; index < 3; ++index) {
    stage.pass(seconds(74));
    EXPECT_EQ(status(client.ask(kGet)), 200);
  }
}

TEST(ServerDeadlines, EndABodyWithoutBytes) {
  ServerStage stage(echo);
  RawClient client =
      stage.connect_and_send("PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nabc");
  stage.clock().advance(seconds(31));
  EXPECT_EQ(status(client.read_to_end()), 408);
}

TEST(ServerDeadlines, EndABodyThatTrickles) {
  ServerStage stage(echo, one_thread());
  RawClient client =
      stage.connect_and_send("PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 10000\r\n\r\n");
  for (int index = 0; index < 2; ++index) {
    stage.send(client, "x");
    stage.pass(seconds(20));
  }
  EXPECT_EQ(status(client.read_to_end()), 408);  // in time for each byte, but not for 256 a second
}

TEST(ServerDeadlines, SpareABodyThatTheHandlerPauses) {
  base::Mutex mutex;
  std::optional<Reply> kept;
  struct Pausing final : BodyReceiver {
    explicit Pausing(base::Mutex& lock, std::optional<Reply>& reply) : mutex(lock), kept(reply) {}
    bool receive(std::string_view) override { return false; }
    void finish() override {
      const base::MutexLock lock(mutex);
      kept->send(text_response(200, "patient"));
    }
    void abandon() override {}
    base::Mutex& mutex;
    std::optional<Reply>& kept;
  };
  const auto script = [&](const RequestHead& head, Reply reply) -> std::unique_ptr<BodyReceiver> {
    if (!head.has_body) return echo(head, std::move(reply));
    const base::MutexLock lock(mutex);
    kept = std::move(reply);
    return std::make_unique<Pausing>(mutex, kept);
  };
  ServerStage stage(script, one_thread());
  RawClient client =
      stage.connect_and_send("PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc");
  stage.pass(std::chrono::hours(1));
  stage.pass(std::chrono::hours(1));
  {
    const base::MutexLock lock(mutex);
    kept->resume();
  }
  EXPECT_EQ(body(client.read_response()), "patient");
}

// More than the kernels keep.
std::unique_ptr<BodyReceiver> answer_at_length(const RequestHead&, Reply reply) {
  reply.send(text_response(200, std::string(50'000'000, 'x')));
  return nullptr;
}

TEST(ServerDeadlines, EndAnAnswerThatNobodyReads) {
  ServerStage stage(answer_at_length);
  const RawClient client = stage.connect_and_send(kGet);
  // Each byte that the kernels still move begins the time anew, so once may not be enough.
  EXPECT_TRUE(eventually([&] {
    stage.clock().advance(seconds(31));
    return stage.stats().connections_open == 0;
  }));
  EXPECT_EQ(stage.stats().timeouts, 1U);
}

TEST(ServerDeadlines, AreNotProlongedByBytesOfAPeerThatReadsNone) {
  ServerStage stage(answer_at_length, one_thread());
  const RawClient client = stage.connect_and_send(kGet);
  EXPECT_TRUE(eventually([&] {
    stage.pass(seconds(16));
    // It may be closed by now. The one thread serves whoever comes first, so that it has seen the
    // byte once it answers the other.
    ::send(client.descriptor(), "x", 1, MSG_NOSIGNAL);
    EXPECT_EQ(status(stage.connect().ask("OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n")), 200);
    return stage.stats().timeouts == 1;
  }));
}

TEST(ServerDeadlines, EndALingeringConnection) {
  ServerStage stage(echo);
  RawClient client = stage.connect();
  EXPECT_EQ(status(client.ask("nonsense\r\n\r\n")), 400);
  ASSERT_TRUE(stage.has_open(1));  // the client has not closed
  stage.clock().advance(seconds(6));
  EXPECT_TRUE(stage.has_open(0));
}

TEST(ServerLimits, BoundTheConnections) {
  ServerOptions options = test_options();
  options.connections = 2;
  const ServerStage stage(echo, options);
  std::optional<RawClient> first = stage.connect();
  RawClient second = stage.connect();
  first->ask(kGet);
  second.ask(kGet);
  const std::string answer = stage.connect().read_to_end();
  EXPECT_EQ(status(answer), 503);
  EXPECT_EQ(field(answer, "Retry-After"), "1");
  EXPECT_EQ(field(answer, "Connection"), "close");
  EXPECT_NE(field(answer, "X-Request-Id"), "(none)");
  EXPECT_EQ(stage.stats().refused_connection_limit, 1U);
  first.reset();
  ASSERT_TRUE(stage.has_open(1));
  EXPECT_EQ(status(stage.connect().ask(kGet)), 200);
}

TEST(ServerLimits, LetTheRefusedClientFinishItsRequestFirst) {
  ServerOptions options = one_thread();
  options.connections = 0;
  ServerStage stage(echo, options);
  RawClient client = stage.connect();
  EXPECT_EQ(status(client.read_to_end()), 503);
  for (int index = 0; index < 3; ++index) client.send(kGet);  // a reset would fail the second one
  stage.clock().advance(seconds(2));
  EXPECT_TRUE(eventually([&] {
    try {
      client.send(kGet);
      return false;
    } catch (const std::system_error&) {
      return true;  // closed by now
    }
  }));
}

TEST(ServerLimits, BoundTheConnectionsOfAnAddress) {
  ServerOptions options = test_options();
  options.connections_per_address = 1;
  const ServerStage stage(echo, options);
  RawClient first = stage.connect();
  first.ask(kGet);
  EXPECT_EQ(status(stage.connect().read_to_end()), 503);
  EXPECT_EQ(stage.stats().refused_address_limit, 1U);
  EXPECT_EQ(status(stage.connect("127.0.0.2").ask(kGet)), 200);
}

// Sanitizers need descriptors and memory of their own.
#if !defined(SLUICE_UNDER_SANITIZER)
// Leaves room for one more descriptor, until it ends.
class TightDescriptors {
 public:
  TightDescriptors() {
    ::getrlimit(RLIMIT_NOFILE, &before_);
    rlimit tight = before_;
    tight.rlim_cur = 200;
    ::setrlimit(RLIMIT_NOFILE, &tight);
    for (int fd = ::dup(0); fd >= 0; fd = ::dup(0)) taken_.emplace_back(fd);
    taken_.pop_back();
  }
  ~TightDescriptors() { ::setrlimit(RLIMIT_NOFILE, &before_); }
  TightDescriptors(const TightDescriptors&) = delete;
  TightDescriptors& operator=(const TightDescriptors&) = delete;

 private:
  rlimit before_{};
  std::vector<base::FileDescriptor> taken_;
};

TEST(ServerLimits, GoOnAcceptingAfterTheDescriptorsRanOut) {
  const ServerStage stage(echo, one_thread());
  RawClient before = stage.connect();
  before.ask(kGet);
  std::optional<TightDescriptors> tight(std::in_place);
  RawClient starved = stage.connect();  // takes the last one
  starved.send(kGet);
  EXPECT_EQ(status(before.ask(kGet)), 200);
  tight.reset();
  EXPECT_EQ(status(starved.read_response()), 200);
}

std::ptrdiff_t resident_bytes() {
  std::ifstream statm("/proc/self/statm");
  std::ptrdiff_t total = 0;
  std::ptrdiff_t resident = 0;
  statm >> total >> resident;
  return resident * ::sysconf(_SC_PAGESIZE);
}

TEST(ServerLimits, KeepIdleConnectionsSmall) {
  constexpr std::size_t kConnections = 2000;
  rlimit files{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &files), 0);
  files.rlim_cur = files.rlim_max;
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &files), 0);
  if (files.rlim_cur < 2 * kConnections + 100) GTEST_SKIP() << "too few descriptors";

  ServerOptions options = test_options();
  options.connections_per_address = kConnections;
  const ServerStage stage(echo, options);
  std::vector<RawClient> clients;
  clients.reserve(kConnections);
  const std::ptrdiff_t before = resident_bytes();
  for (std::size_t index = 0; index < kConnections; ++index) {
    clients.push_back(stage.connect());
    clients.back().ask(kGet);
  }
  // Less than before, where the system has taken pages back meanwhile.
  const std::ptrdiff_t each = (resident_bytes() - before) / std::ptrdiff_t{kConnections};
  RecordProperty("bytes_each", std::to_string(each));
  EXPECT_LT(each, 4096);
}
#endif

}  // namespace
}  // namespace sluice::http
