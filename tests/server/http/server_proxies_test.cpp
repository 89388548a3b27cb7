// Whose requests these are, when proxies are in front.
#include <gtest/gtest.h>

#include <optional>
#include <random>
#include <string>
#include <vector>

#include "tests/server/http/proxy_headers.hpp"
#include "tests/server/http/server_stage.hpp"
#include "tests/server/http/session_stage.hpp"
#include "tests/server/http/tls_stage.hpp"

namespace sluice::http {
namespace {

using std::chrono::seconds;

const std::string kGet = "GET /a HTTP/1.1\r\nHost: x\r\n\r\n";
const std::string kHeader = "PROXY TCP4 192.0.2.1 198.51.100.2 1 2\r\n";

// Answers with whom it takes the client for.
std::unique_ptr<BodyReceiver> tell_peer(const RequestHead& head, Reply reply) {
  reply.send(text_response(200, std::string(head.peer_address) +
                                    (head.is_peer_vouched_for ? " vouched" : "")));
  return nullptr;
}

std::string forwarded(const std::string& addresses) {
  return "GET /a HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: " + addresses + "\r\n\r\n";
}

ServerOptions trusting(const std::vector<std::string>& networks) {
  ServerOptions options = one_thread();
  options.proxies = TrustedProxies(networks);
  return options;
}

ServerOptions expecting_headers() {
  ServerOptions options = trusting({"127.0.0.1", "10.0.0.0/8"});
  options.expects_proxy_header = true;
  return options;
}

std::string peer(const ServerStage& stage, const std::string& bytes, const std::string& from = "") {
  RawClient client = stage.connect(from);
  return body(client.ask(bytes));
}

TEST(ServerProxies, AreBelievedWhenTheyAreTrusted) {
  const ServerStage stage(tell_peer, trusting({"127.0.0.1"}));
  RawClient proxy = stage.connect();
  EXPECT_EQ(body(proxy.ask(forwarded("192.0.2.1"))), "192.0.2.1 vouched");
  EXPECT_EQ(body(proxy.ask(forwarded("127.0.0.9, 2001:db8::1"))), "2001:db8::1 vouched");
  EXPECT_EQ(body(proxy.ask(kGet)), "127.0.0.1");  // of its own
  EXPECT_EQ(body(proxy.ask(forwarded("nonsense"))), "127.0.0.1");
  EXPECT_EQ(peer(stage, forwarded("192.0.2.1"), "127.0.0.2"), "127.0.0.2");
}

TEST(ServerProxies, AreNotBelievedByDefault) {
  const ServerStage stage(tell_peer);
  EXPECT_EQ(peer(stage, forwarded("192.0.2.1")), "127.0.0.1");
  EXPECT_EQ(status(stage.connect().ask(kHeader + kGet)), 400);
}

TEST(ServerProxies, MayHaveMoreConnectionsThanOneAddress) {
  ServerOptions options = trusting({"127.0.0.1"});
  options.connections_per_address = 1;
  const ServerStage stage(tell_peer, options);
  RawClient first = stage.connect();
  EXPECT_EQ(status(first.ask(kGet)), 200);
  EXPECT_EQ(status(stage.connect().ask(kGet)), 200);
}

TEST(ServerProxies, SayWhoseAConnectionIs) {
  const ServerStage stage(tell_peer, expecting_headers());
  EXPECT_EQ(peer(stage, kHeader + kGet), "192.0.2.1");
  EXPECT_EQ(peer(stage, testkit::binary_header(0x21, 0x21, testkit::tcp6("2001:db8::7")) + kGet),
            "2001:db8::7");
  EXPECT_EQ(peer(stage, "PROXY UNKNOWN\r\n" + kGet), "127.0.0.1");
  EXPECT_EQ(peer(stage, testkit::binary_header(0x20, 0, "") + kGet), "127.0.0.1");
}

TEST(ServerProxies, AreNotAskedForAHeaderWhenTheyAreUnknown) {
  const ServerStage stage(tell_peer, expecting_headers());
  EXPECT_EQ(peer(stage, kGet, "127.0.0.2"), "127.0.0.2");
  EXPECT_EQ(status(stage.connect("127.0.0.2").ask(kHeader + kGet)), 400);
}

TEST(ServerProxies, ForwardForClientsOfOneAnother) {
  const ServerStage stage(tell_peer, expecting_headers());
  const std::string inner = "PROXY TCP4 10.1.1.1 198.51.100.2 1 2\r\n";
  EXPECT_EQ(peer(stage, inner + forwarded("192.0.2.9")), "192.0.2.9 vouched");
  EXPECT_EQ(peer(stage, kHeader + forwarded("192.0.2.9")), "192.0.2.1");  // no proxy says so
}

TEST(ServerProxies, MaySendTheirHeaderByteByByte) {
  const ServerStage stage(tell_peer, expecting_headers());
  for (const std::string& header :
       {kHeader, testkit::binary_header(0x21, 0x11, testkit::tcp4("\xc0\x00\x02\x01"))}) {
    RawClient client = stage.connect();
    for (const char byte : header + kGet) client.send(std::string(1, byte));
    EXPECT_EQ(body(client.read_response()), "192.0.2.1");
  }
}

TEST(ServerProxies, AreCutOffWithoutAHeader) {
  ServerStage stage(tell_peer, expecting_headers());
  for (const std::string& bytes :
       {kGet, std::string("PROXY TCP4 nonsense\r\n"), std::string(108, 'P'),
        testkit::binary_header(0x21, 0x12, std::string(12, 'x')), std::string("\x16\x03\x01")}) {
    RawClient client = stage.connect();
    client.send(bytes);
    EXPECT_EQ(client.read_to_end(), "") << bytes;
  }
  EXPECT_EQ(stage.stats().refused_malformed, 5U);
  RawClient leaving = stage.connect();
  leaving.send("PROXY TCP4 192.0");
  leaving.end_sending();
  EXPECT_EQ(leaving.read_to_end(), "");
  RawClient slow = stage.connect();
  slow.send("PROXY TCP4 192.0");
  ASSERT_TRUE(stage.has_open(1));
  EXPECT_TRUE(eventually([&] {
    stage.clock().advance(seconds(11));
    return stage.has_open(0);
  }));
  EXPECT_EQ(stage.stats().timeouts, 1U);
  EXPECT_EQ(stage.stats().requests, 0U);
}

TEST(ServerProxies, HaveTheirClientsCountedByAddress) {
  ServerOptions options = expecting_headers();
  options.connections_per_address = 1;
  const ServerStage stage(tell_peer, options);
  std::optional<RawClient> first = stage.connect();
  EXPECT_EQ(body(first->ask(kHeader + kGet)), "192.0.2.1");
  RawClient second = stage.connect();
  second.send(kHeader + kGet);
  EXPECT_EQ(status(second.read_to_end()), 503);
  EXPECT_EQ(stage.stats().refused_address_limit, 1U);
  EXPECT_EQ(peer(stage, "PROXY TCP4 192.0.2.2 198.51.100.2 1 2\r\n" + kGet), "192.0.2.2");
  second.reset();
  first.reset();
  ASSERT_TRUE(stage.has_open(0));
  EXPECT_EQ(peer(stage, kHeader + kGet), "192.0.2.1");
}

TEST(ServerProxies, PutTheirHeaderInFrontOfTls) {
  TlsFolder folder;
  ServerOptions options = expecting_headers();
  options.tls = folder.credentials();
  ServerStage stage(tell_peer, options);
  TlsClient client(stage.server().address());
  client.trust(folder);
  client.raw().send(kHeader);
  ASSERT_TRUE(client.open());
  EXPECT_EQ(body(client.ask(kGet)), "192.0.2.1");
}

// Whatever comes instead of a header is answered with an end, at once or at the deadline, and hurts
// nobody else.
TEST(ServerProxies, SurviveAnyBytesInsteadOfAHeader) {
  ServerStage stage(tell_peer, expecting_headers());
  std::minstd_rand random(7);
  const std::string binary = testkit::binary_header(0x21, 0x21, testkit::tcp6("2001:db8::7"));
  for (int turn = 0; turn < 300; ++turn) {
    std::string bytes = turn % 2 == 0 ? kHeader : binary;
    for (std::size_t flips = 1 + random() % 3; flips > 0; --flips)
      bytes[random() % bytes.size()] = static_cast<char>(random());
    bytes.resize(random() % (bytes.size() + 1));
    RawClient client = stage.connect();
    client.send(bytes);
    client.end_sending();
    client.read_to_end();
  }
  EXPECT_TRUE(stage.has_open(0));
  EXPECT_EQ(peer(stage, kHeader + kGet), "192.0.2.1");
}

}  // namespace
}  // namespace sluice::http
