#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "base/mutex.hpp"
#include "tests/server/http/server_stage.hpp"
#include "tests/server/http/session_stage.hpp"
#include "tests/server/http/tls_stage.hpp"

namespace sluice::http {
namespace {

using std::chrono::seconds;

const std::string kGet = "GET /a HTTP/1.1\r\nHost: x\r\n\r\n";

ServerOptions with_tls(const TlsFolder& folder, ServerOptions options = test_options()) {
  options.tls = folder.credentials();
  return options;
}

class ServerTls : public testing::Test {
 protected:
  TlsClient open_client() {
    TlsClient client(stage.server().address());
    client.trust(folder);
    if (!client.open()) throw std::runtime_error("the handshake failed");
    return client;
  }

  TlsFolder folder;
  ServerStage stage{echo, with_tls(folder, one_thread())};
};

TEST_F(ServerTls, AnswersThoseWhoVerifyItsCertificate) {
  TlsClient client = open_client();
  for (int turn = 0; turn < 3; ++turn) EXPECT_EQ(body(client.ask(kGet)), "GET /a ");
}

TEST_F(ServerTls, IsNotTrustedByThoseWhoTrustAnother) {
  const TlsFolder other;
  TlsClient client(stage.server().address());
  client.trust(other);
  EXPECT_FALSE(client.open());
  EXPECT_TRUE(stage.has_open(0));
}

TEST_F(ServerTls, SpeaksTls12WithForwardSecrecyAndNothingOlder) {
  TlsClient client(stage.server().address());
  client.speak_at_most(TLS1_2_VERSION);
  ASSERT_TRUE(client.open());
  EXPECT_EQ(client.cipher().substr(0, 6), "ECDHE-");
  EXPECT_EQ(body(client.ask(kGet)), "GET /a ");
  TlsClient old(stage.server().address());
  SSL_set_security_level(old.native(), 0);
  old.speak_at_most(TLS1_1_VERSION);
  EXPECT_FALSE(old.open());
}

TEST_F(ServerTls, ChoosesHttp11OrRefuses) {
  TlsClient modern(stage.server().address());
  modern.offer("\x02h2\x08http/1.1");
  ASSERT_TRUE(modern.open());
  EXPECT_EQ(modern.protocol(), "http/1.1");
  TlsClient only_h2(stage.server().address());
  only_h2.offer("\x02h2");
  EXPECT_FALSE(only_h2.open());
}

TEST_F(ServerTls, TakesAndGivesLargeBodies) {
  TlsClient client = open_client();
  const std::string sent(3'000'000, 'x');
  const std::string answer = client.ask("PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: " +
                                        std::to_string(sent.size()) + "\r\n\r\n" + sent);
  EXPECT_EQ(body(answer), "PUT / " + sent);
}

TEST_F(ServerTls, AnswersPipelinedRequestsInOneRecordOrMany) {
  TlsClient client = open_client();
  std::string requests;
  for (int index = 0; index < 500; ++index) requests += kGet;
  client.send(requests);
  for (int index = 0; index < 500; ++index) EXPECT_EQ(status(client.read_response()), 200);
  for (int index = 0; index < 20; ++index) client.send(kGet);
  for (int index = 0; index < 20; ++index) EXPECT_EQ(status(client.read_response()), 200);
}

TEST_F(ServerTls, AnswersAClientThatHasSaidGoodbye) {
  TlsClient client = open_client();
  client.send(kGet);
  client.end_sending();
  EXPECT_EQ(body(client.read_to_end()), "GET /a ");
  EXPECT_TRUE(client.was_ended());
}

TEST_F(ServerTls, SaysGoodbyeToIdleConnections) {
  TlsClient client = open_client();
  client.ask(kGet);
  stage.clock().advance(seconds(80));
  EXPECT_EQ(client.read_some(), "");
  EXPECT_TRUE(client.was_ended());
}

TEST_F(ServerTls, SaysGoodbyeAfterTheLastAnswer) {
  TlsClient client = open_client();
  client.send("GET /a HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  EXPECT_EQ(body(client.read_to_end()), "GET /a ");
  EXPECT_TRUE(client.was_ended());
}

TEST_F(ServerTls, CutsOffAHandshakeThatTakesTooLong) {
  TlsClient client = open_client();
  RawClient silent = stage.connect();
  RawClient slow = stage.connect();
  slow.send("\x16\x03\x01");
  ASSERT_TRUE(stage.has_open(3));
  for (const char byte : {'\x02', '\x00', '\x01', '\x00', '\x01'}) {
    slow.send({&byte, 1});  // a byte now and then does not help
    stage.pass(seconds(4));
    if (stage.stats().timeouts == 2) break;
  }
  EXPECT_EQ(stage.stats().timeouts, 2U);
  EXPECT_EQ(silent.read_to_end(), "");
  EXPECT_EQ(slow.read_to_end(), "");
}

TEST_F(ServerTls, LetsAnOpenConnectionBeIdleForLonger) {
  TlsClient client = open_client();
  // Less than a handshake may take, since pass() makes connections of its own.
  for (int turn = 0; turn < 3; ++turn) stage.pass(seconds(6));
  EXPECT_EQ(body(client.ask(kGet)), "GET /a ");
  EXPECT_EQ(stage.stats().timeouts, 0U);
}

TEST_F(ServerTls, TellsThoseWhoSpeakHttpWithoutTls) {
  for (const char* method : {"GET", "DELETE", "OPTIONS"}) {
    RawClient client = stage.connect();
    client.send(std::string(method) + " / HTTP/1.1\r\nHost: x\r\n\r\n");
    const std::string answer = client.read_to_end();
    EXPECT_EQ(status(answer), 400) << method;
    EXPECT_NE(answer.find("https://"), std::string::npos);
    EXPECT_FALSE(client.was_reset());
  }
  EXPECT_EQ(stage.stats().refused_malformed, 3U);
  EXPECT_EQ(stage.stats().requests, 0U);
}

TEST_F(ServerTls, ClosesOnNonsense) {
  for (const std::string& bytes : {std::string("\x16\x03\x01\x00\x05hello"), std::string(300, '\0'),
                                   std::string("\x80\x2e\x01\x03\x01"), std::string("ssh?\n")}) {
    RawClient client = stage.connect();
    client.send(bytes);
    client.end_sending();
    client.read_to_end();
  }
  EXPECT_TRUE(stage.has_open(0));
  TlsClient client = open_client();
  EXPECT_EQ(status(client.ask(kGet)), 200);
}

TEST_F(ServerTls, ShowsANewCertificateToNewConnections) {
  TlsClient before = open_client();
  const TlsFolder next;
  stage.server().use(next.credentials());
  EXPECT_EQ(status(before.ask(kGet)), 200);
  TlsClient old_trust(stage.server().address());
  old_trust.trust(folder);
  EXPECT_FALSE(old_trust.open());
  TlsClient new_trust(stage.server().address());
  new_trust.trust(next);
  EXPECT_TRUE(new_trust.open());
  EXPECT_EQ(status(new_trust.ask(kGet)), 200);
}

TEST_F(ServerTls, AnswersWhatWasBegunBeforeItStops) {
  TlsClient client = open_client();
  TlsClient idle = open_client();
  idle.ask(kGet);
  client.send("PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 6\r\n\r\nabc");
  ASSERT_TRUE(eventually([&] { return stage.stats().requests == 2; }));
  std::jthread stopping([&] { stage.server().stop(std::chrono::minutes(1)); });
  EXPECT_EQ(idle.read_to_end(), "");
  client.send("def");
  const std::string answer = client.read_to_end();
  EXPECT_EQ(body(answer), "PUT / abcdef");
  EXPECT_EQ(field(answer, "Connection"), "close");
}

TEST(ServerTlsLimits, CloseWithoutAHandshake) {
  const TlsFolder folder;
  ServerOptions options = with_tls(folder);
  options.connections_per_address = 1;
  const ServerStage stage(echo, options);
  const RawClient first = stage.connect();
  ASSERT_TRUE(stage.has_open(1));
  EXPECT_EQ(stage.connect().read_to_end(), "");
  EXPECT_EQ(stage.stats().refused_address_limit, 1U);
}

}  // namespace
}  // namespace sluice::http
