// A TlsStream between buffers that are too small: what a slow network does, without one.
#include "http/tls_stream.hpp"

#include <gtest/gtest.h>
#include <sys/socket.h>

#include <array>
#include <memory>
#include <string>
#include <vector>

#include "base/file_descriptor.hpp"
#include "tests/server/http/tls_stage.hpp"

namespace sluice::http {
namespace {

using Outcome = Transfer::Outcome;

class TlsPair {
 public:
  explicit TlsPair(const TlsFolder& folder) {
    std::array<int, 2> ends{};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends.data()) != 0)
      throw std::system_error(errno, std::generic_category(), "socketpair");
    server_end_.reset(ends[0]);
    client_end_.reset(ends[1]);
    const int small = 1;  // the kernel has a least size, of some kilobytes
    ::setsockopt(ends[0], SOL_SOCKET, SO_SNDBUF, &small, sizeof small);
    ::setsockopt(ends[1], SOL_SOCKET, SO_SNDBUF, &small, sizeof small);
    SSL_set_fd(client.get(), ends[1]);
    server = std::make_unique<TlsStream>(*folder.credentials(), ends[0]);
  }

  /// How often the server waited for room meanwhile; -1: the handshake failed.
  int open() {
    int waits = 0;
    for (int turn = 0; turn < 1000; ++turn) {
      const bool is_done = SSL_connect(client.get()) == 1;
      if (server->read(buffer).outcome != Outcome::would_block) return -1;
      waits += server->waits_for_room() ? 1 : 0;
      if (is_done && server->is_open()) return waits;
    }
    return -1;
  }

  std::size_t client_reads() {
    std::size_t size = 0;
    return SSL_read_ex(client.get(), read.data(), read.size(), &size) == 1 ? size : 0;
  }
  bool client_writes(std::string_view bytes) {
    std::size_t size = 0;
    return SSL_write_ex(client.get(), bytes.data(), bytes.size(), &size) == 1;
  }
  void close_client() { client_end_.reset(); }

  std::vector<char> buffer = std::vector<char>(65536);
  std::vector<char> read = std::vector<char>(65536);

 private:
  base::FileDescriptor server_end_;
  base::FileDescriptor client_end_;
  std::unique_ptr<SSL_CTX, void (*)(SSL_CTX*)> context_{SSL_CTX_new(TLS_client_method()),
                                                        SSL_CTX_free};

 public:
  std::unique_ptr<SSL, void (*)(SSL*)> client{SSL_new(context_.get()), SSL_free};
  std::unique_ptr<TlsStream> server;
};

TEST(TlsStream, WaitsForRoomInTheMiddleOfAHandshake) {
  TlsFolder folder;
  auto identity = folder.authority.issue("IP:127.0.0.1");
  for (int i = 0; i < 60; ++i) identity.certificate += folder.authority.certificate();
  folder.put(identity);
  TlsPair pair(folder);
  EXPECT_GT(pair.open(), 0);
}

TEST(TlsStream, WritesAllOfAnAnswerThatDoesNotFit) {
  TlsPair pair{TlsFolder()};
  ASSERT_GE(pair.open(), 0);
  std::string answer;
  for (int i = 0; i < 30'000; ++i) answer += std::to_string(i) + ' ';
  std::string received;
  std::string rest = answer;
  int waits = 0;
  while (received.size() < answer.size()) {
    rest = std::string(rest);  // it may move between attempts
    const Transfer write = rest.empty() ? Transfer{Outcome::would_block}
                                        : pair.server->write(rest);
    ASSERT_TRUE(write.outcome == Outcome::moved || write.outcome == Outcome::would_block);
    waits += write.outcome == Outcome::would_block ? 1 : 0;
    rest.erase(0, write.bytes);
    received.append(pair.read.data(), pair.client_reads());
  }
  EXPECT_EQ(received, answer);
  EXPECT_GT(waits, 3);
}

TEST(TlsStream, GivesWhatCameTogetherAndThenTheEnd) {
  TlsPair pair{TlsFolder()};
  ASSERT_GE(pair.open(), 0);
  ASSERT_TRUE(pair.client_writes("one "));
  ASSERT_TRUE(pair.client_writes("two"));
  SSL_shutdown(pair.client.get());
  const Transfer read = pair.server->read(pair.buffer);
  EXPECT_EQ(std::string(pair.buffer.data(), read.bytes), "one two");
  EXPECT_TRUE(read.has_more);  // the end, of which no edge tells
  EXPECT_EQ(pair.server->read(pair.buffer).outcome, Outcome::ended);
  EXPECT_EQ(pair.server->write("answer").outcome, Outcome::moved);
  EXPECT_EQ(std::string(pair.read.data(), pair.client_reads()), "answer");
}

TEST(TlsStream, SaysThatThereIsMoreWhenTheBufferWasFull) {
  TlsPair pair{TlsFolder()};
  ASSERT_GE(pair.open(), 0);
  ASSERT_TRUE(pair.client_writes("0123456789"));
  const Transfer some = pair.server->read(std::span(pair.buffer).first(4));
  EXPECT_EQ(some.bytes, 4U);
  EXPECT_TRUE(some.has_more);  // inside, where no edge tells of it
  const Transfer rest = pair.server->read(pair.buffer);
  EXPECT_EQ(std::string(pair.buffer.data(), rest.bytes), "456789");
  EXPECT_FALSE(rest.has_more);
}

TEST(TlsStream, EndsWithAPeerThatHasGone) {
  TlsPair pair{TlsFolder()};
  ASSERT_GE(pair.open(), 0);
  EXPECT_EQ(pair.client_reads(), 0U);  // but for tickets: closing over unread bytes is a reset
  pair.close_client();
  EXPECT_EQ(pair.server->read(pair.buffer).outcome, Outcome::ended);
  EXPECT_EQ(pair.server->write("answer").outcome, Outcome::failed);
  pair.server->end();
}

TEST(TlsStream, TellsOfBytesThatWereForged) {
  TlsPair pair{TlsFolder()};
  ASSERT_GE(pair.open(), 0);
  const std::string forged("\x17\x03\x03\x00\x20" + std::string(32, 'x'));
  ASSERT_EQ(::send(SSL_get_fd(pair.client.get()), forged.data(), forged.size(), 0),
            static_cast<ssize_t>(forged.size()));
  EXPECT_EQ(pair.server->read(pair.buffer).outcome, Outcome::failed);
  EXPECT_NE(pair.server->failure(), "");
  EXPECT_EQ(pair.server->read(pair.buffer).outcome, Outcome::failed);
  EXPECT_EQ(pair.server->write("x").outcome, Outcome::failed);
}

}  // namespace
}  // namespace sluice::http
