#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include <atomic>
#include <fstream>
#include <semaphore>
#include <string>

#include "client_rig.hpp"
#include "delivery/http_client.hpp"
#include "tests/server/support/fake_name_server.hpp"
#include "tests/server/support/misbehaving_receiver.hpp"
#include "tests/server/support/temporary_directory.hpp"
#include "tests/server/support/test_authority.hpp"

namespace sluice::delivery {
namespace {

using namespace std::chrono_literals;
using testkit::ClientRig;
using testkit::Conversation;
using testkit::MisbehavingReceiver;
using testkit::post_to;
using testkit::response;
using testkit::RigOptions;
using testkit::TlsIdentity;

/// An authority that a client trusts, for all tests of the suite.
class HttpClientTls : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    authority = new testkit::TestAuthority;
    directory = new testkit::TemporaryDirectory;
    const std::string file = (directory->path() / "authority.pem").string();
    std::ofstream{file} << authority->certificate();
    trusting = new TlsContext{{.extra_ca_file = file}};
  }
  static void TearDownTestSuite() {
    delete trusting;
    delete directory;
    delete authority;
  }

  static RigOptions options() {
    RigOptions options;
    options.tls = trusting;
    return options;
  }

  static OutboundResult send_to(const MisbehavingReceiver& receiver) {
    ClientRig rig{options()};
    return rig.send(post_to(receiver.url()));
  }

  static testkit::TestAuthority* authority;
  static testkit::TemporaryDirectory* directory;
  static TlsContext* trusting;
};
testkit::TestAuthority* HttpClientTls::authority = nullptr;
testkit::TemporaryDirectory* HttpClientTls::directory = nullptr;
TlsContext* HttpClientTls::trusting = nullptr;

TEST_F(HttpClientTls, SpeaksToAReceiverThatItTrusts) {
  const TlsIdentity identity = authority->issue("IP:127.0.0.1");
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    MisbehavingReceiver receiver{testkit::answer(response(200, "ok")), &identity, version};
    ClientRig rig{options()};
    for (int i = 0; i < 5; ++i) EXPECT_EQ(rig.send(post_to(receiver.url())).body, "ok");
    EXPECT_EQ(receiver.connections(), 1);
  }
}

TEST_F(HttpClientTls, SendsAndReceivesMoreThanARecord) {
  const TlsIdentity identity = authority->issue("IP:127.0.0.1");
  MisbehavingReceiver receiver{testkit::answer(response(200, std::string(50'000, 'b'))), &identity};
  ClientRig rig{options()};
  const std::string body(4 << 20, 'a');
  OutboundRequest request = post_to(receiver.url(), body);
  request.response_cap = 100'000;
  EXPECT_EQ(rig.send(std::move(request)).body, std::string(50'000, 'b'));
  EXPECT_TRUE(receiver.requests()[0].body == body);
}

TEST_F(HttpClientTls, ChecksTheNameThatWasAskedForAndSaysIt) {
  const TlsIdentity identity = authority->issue("DNS:hook.example");
  MisbehavingReceiver receiver{testkit::answer(response(200)), &identity};
  testkit::FakeNameServer names{{{"hook.example", {.addresses = {"127.0.0.1"}}},
                                 {"other.example", {.addresses = {"127.0.0.1"}}}}};
  RigOptions with_names = options();
  with_names.resolver.servers = names.address();
  ClientRig rig{with_names};
  const std::string port = ":" + std::to_string(receiver.port()) + "/";
  EXPECT_EQ(rig.send(post_to("https://hook.example" + port)).status, 200);
  EXPECT_EQ(rig.send(post_to("https://other.example" + port)).outcome, Outcome::tls_error);
}

void expect_refused(const OutboundResult& result, const MisbehavingReceiver& receiver,
                    const char* reason) {
  EXPECT_EQ(result.outcome, Outcome::tls_error);
  EXPECT_EQ(result.phase, Phase::tls);
  EXPECT_FALSE(result.may_have_been_sent);
  EXPECT_NE(result.detail.find(reason), std::string::npos) << result.detail;
  EXPECT_TRUE(receiver.requests().empty());
}

TEST_F(HttpClientTls, RefusesASelfSignedCertificate) {
  const TlsIdentity identity = testkit::self_signed("IP:127.0.0.1");
  MisbehavingReceiver receiver{testkit::answer(response(200)), &identity};
  expect_refused(send_to(receiver), receiver, "self-signed");
}

TEST_F(HttpClientTls, RefusesAnAuthorityThatItDoesNotKnow) {
  testkit::TestAuthority stranger;
  const TlsIdentity identity = stranger.issue("IP:127.0.0.1");
  MisbehavingReceiver receiver{testkit::answer(response(200)), &identity};
  expect_refused(send_to(receiver), receiver, "certificate");
}

TEST_F(HttpClientTls, RefusesAnotherName) {
  for (const char* names : {"DNS:hook.example", "IP:127.0.0.2", "DNS:127.0.0.1"}) {
    const TlsIdentity identity = authority->issue(names);
    MisbehavingReceiver receiver{testkit::answer(response(200)), &identity};
    expect_refused(send_to(receiver), receiver, "mismatch");
  }
}

TEST_F(HttpClientTls, RefusesAnExpiredCertificate) {
  const TlsIdentity identity = authority->issue("IP:127.0.0.1", std::chrono::hours{-1});
  MisbehavingReceiver receiver{testkit::answer(response(200)), &identity};
  expect_refused(send_to(receiver), receiver, "expired");
}

TEST_F(HttpClientTls, RefusesOldVersions) {
  const TlsIdentity identity = authority->issue("IP:127.0.0.1");
  MisbehavingReceiver receiver{testkit::answer(response(200)), &identity, TLS1_1_VERSION};
  expect_refused(send_to(receiver), receiver, "");
}

TEST_F(HttpClientTls, APeerThatSpeaksPlainTextIsATlsError) {
  MisbehavingReceiver receiver{[](Conversation& peer) {
    peer.send("HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n");
    peer.wait_for_end();
  }};
  ClientRig rig{options()};
  const OutboundResult result =
      rig.send(post_to("https://127.0.0.1:" + std::to_string(receiver.port()) + "/"));
  expect_refused(result, receiver, "TLS failed");
}

TEST_F(HttpClientTls, AHandshakeThatHangsTimesOutOnItsOwn) {
  MisbehavingReceiver receiver{[](Conversation& peer) { peer.wait_for_end(); }};
  ClientRig rig{options()};
  OutboundRequest request = post_to("https://127.0.0.1:" + std::to_string(receiver.port()) + "/");
  request.deadlines.tls = 30ms;
  const OutboundResult result = rig.send(std::move(request));
  EXPECT_EQ(result.outcome, Outcome::timeout);
  EXPECT_EQ(result.phase, Phase::tls);
  EXPECT_FALSE(result.may_have_been_sent);
}

TEST_F(HttpClientTls, AnEndInTheHandshakeIsATlsError) {
  MisbehavingReceiver receiver{[](Conversation& peer) { peer.reset(); }};
  ClientRig rig{options()};
  const OutboundResult result =
      rig.send(post_to("https://127.0.0.1:" + std::to_string(receiver.port()) + "/"));
  EXPECT_FALSE(result.may_have_been_sent);
  EXPECT_NE(result.outcome, Outcome::response);
}

TEST_F(HttpClientTls, ResumesTheSessionOfAnEarlierConnection) {
  const TlsIdentity identity = authority->issue("IP:127.0.0.1");
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    std::atomic<int> resumed = 0;
    MisbehavingReceiver receiver{[&](Conversation& peer) {
                                   peer.read_request();
                                   resumed += peer.is_resumed() ? 1 : 0;
                                   peer.send(response(200, "", "connection: close\r\n"));
                                 },
                                 &identity, version};
    ClientRig rig{options()};
    for (int i = 0; i < 4; ++i) EXPECT_EQ(rig.send(post_to(receiver.url())).status, 200);
    EXPECT_EQ(receiver.connections(), 4);
    EXPECT_EQ(resumed, 3) << version;
  }
}

// An abrupt end says nothing against the session that was agreed on.
TEST_F(HttpClientTls, ResumesTheSessionOfAConnectionThatWasReset) {
  const TlsIdentity identity = authority->issue("IP:127.0.0.1");
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    std::atomic<int> resumed = 0;
    std::binary_semaphore may_reset{0};
    MisbehavingReceiver receiver{[&](Conversation& peer) {
                                   peer.read_request();
                                   resumed += peer.is_resumed() ? 1 : 0;
                                   peer.send(response(200));
                                   may_reset.acquire();
                                   peer.reset();
                                 },
                                 &identity, version};
    ClientRig rig{options()};
    for (int i = 0; i < 3; ++i) {
      EXPECT_EQ(rig.send(post_to(receiver.url())).status, 200);
      may_reset.release();
      rig.run_until([&] { return rig.client.stats().connections == 0; });
    }
    EXPECT_EQ(resumed, 2) << version;
  }
}

TEST_F(HttpClientTls, ABodyWithoutALengthEndsWithTheSession) {
  const TlsIdentity identity = authority->issue("IP:127.0.0.1");
  MisbehavingReceiver receiver{[](Conversation& peer) {
                                 peer.read_request();
                                 peer.send("HTTP/1.1 200 OK\r\n\r\nok");
                               },
                               &identity};
  EXPECT_EQ(send_to(receiver).body, "ok");
}

TEST_F(HttpClientTls, AResetIsAReset) {
  const TlsIdentity identity = authority->issue("IP:127.0.0.1");
  MisbehavingReceiver receiver{[](Conversation& peer) {
                                 peer.read_request();
                                 peer.reset();
                               },
                               &identity};
  const OutboundResult result = send_to(receiver);
  EXPECT_EQ(result.outcome, Outcome::reset);
  EXPECT_TRUE(result.may_have_been_sent);
}

TEST(TlsContext, SaysWhichFileItCannotRead) {
  EXPECT_THROW(TlsContext({.extra_ca_file = "/nonexistent.pem"}), std::runtime_error);
}

}  // namespace
}  // namespace sluice::delivery
