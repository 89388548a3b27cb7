// Where mail may go (D5): what the relay's URL says, and what its name resolves to.
#include "delivery/channels/smtp_mailer.hpp"

#include <gtest/gtest.h>

#include <future>
#include <map>
#include <string>
#include <utility>

#include "tests/server/support/fake_name_server.hpp"
#include "tests/server/support/misbehaving_receiver.hpp"

namespace sluice::delivery {
namespace {

/// Why the relay's URL is refused; empty: it is not.
std::string refusal(std::string_view url, std::vector<std::string> allow = {}) {
  const EgressGuard guard{{.allow = std::move(allow)}};
  const auto found = find_relay(url, guard);
  const auto* why = std::get_if<std::string>(&found);
  return why != nullptr ? *why : "";
}

RelayEndpoint endpoint(std::string_view url) {
  const EgressGuard guard{{}};
  return std::get<RelayEndpoint>(find_relay(url, guard));
}

// guards D5
TEST(SmtpRelay, IsRefusedForItsUrlAndToldWhy) {
  const std::map<std::string, std::string> reasons = {
      {"http://mail.example.com", "expected smtp://"},
      {"mail.example.com:587", "expected smtp://"},
      {"SMTP://mail.example.com", "expected smtp://"},
      {"smtp://joe:hush@mail.example.com", "smtp.username"},
      {"smtp://joe@mail.example.com:587", "smtp.username"},
      {"smtp://mail.example.com:587/x", "expected the name of a host"},
      {"smtp://mail.example.com?x", "expected the name of a host"},
      {"smtp://mail.example.com:0", "expected the name of a host"},
      {"smtp://mail.example.com.:587", "expected the name of a host"},
      {"smtp://mail.example.com:65536", "expected the name of a host"},
      {"smtp://0x7f.1:25", "expected the name of a host"},
      {"smtp://2130706433", "expected the name of a host"},
      {"smtp://", "expected the name of a host"},
      {"smtp://127.0.0.1:25", "loopback"},
      {"smtp://10.1.2.3:587", "private"},
      {"smtps://192.168.0.1:465", "private"},
      {"smtp://169.254.169.254", "cloud metadata"},
      {"smtp://[::1]:25", "loopback"},
      {"smtp://[::ffff:10.0.0.1]:25", "private"},
      {"smtp://[fd00::1]", "unique local"},
      {"smtp://localhost:25", "loopback"},
      {"smtp://mailrelay:25", "full name"},
      {"smtp://mail.internal:25", "full name"},
      {"smtp://mail.example.com:22", "port 22"},
      {"smtp://mail.example.com:80", "port 80"},
      {"smtp://mail.example.com:6379", "port 6379"},
  };
  for (const auto& [url, reason] : reasons)
    EXPECT_NE(refusal(url).find(reason), std::string::npos) << url << ": " << refusal(url);
  EXPECT_EQ(refusal("smtp://joe:hush@mail.example.com").find("hush"), std::string::npos);
}

TEST(SmtpRelay, IsFoundWhereMailUsuallyGoes) {
  EXPECT_EQ(endpoint("smtp://mail.example.com").port, 25);
  EXPECT_EQ(endpoint("smtps://mail.example.com/").port, 465);
  EXPECT_EQ(endpoint("smtp://Mail.Example.com:587").host, "mail.example.com");
  EXPECT_EQ(endpoint("smtp://mail.example.com:2525").port, 2525);
  EXPECT_EQ(endpoint("smtp://[2606:4700::1]").port, 25);
  EXPECT_TRUE(endpoint("smtp://[2606:4700::1]:587").is_address);
  EXPECT_EQ(refusal("smtp://127.0.0.1:22", {"127.0.0.0/8"}), "");
  EXPECT_EQ(refusal("smtp://mailrelay:22", {"mailrelay"}), "");
}

/// A relay that is not one, at 127.0.0.1, which alone may be reached; what counts is who connects.
class SmtpMailerTest : public ::testing::Test {
 protected:
  MailResult send_to(const std::string& host) {
    ResolverOptions options;
    options.servers = names.address();
    Resolver resolver{options};
    const EgressGuard guard{{.allow = {"127.0.0.1"}}};
    SmtpMailer mailer{{.url = "smtp://" + host + ":" + std::to_string(receiver.port()),
                       .username = "",
                       .password = "",
                       .from = "events@example.com",
                       .ca_file = "",
                       .is_tls_required = false},
                      guard, resolver, 1};
    std::promise<std::vector<MailResult>> told;
    EXPECT_TRUE(mailer.send({Mail{.recipient = "ann@example.com",
                                  .headers = {"Subject: s"},
                                  .content_type = "text/plain",
                                  .body = "b",
                                  .plain_body = ""}},
                            [&told](std::vector<MailResult> r) { told.set_value(std::move(r)); }));
    return told.get_future().get().at(0);
  }

  testkit::MisbehavingReceiver receiver{[](testkit::Conversation& peer) { peer.reset(); }};
  testkit::FakeNameServer names{
      {{"good.example", {.addresses = {"127.0.0.1"}}},
       {"first.example", {.addresses = {"10.0.0.1", "127.0.0.1"}}},
       {"last.example", {.addresses = {"127.0.0.1", "127.0.0.2"}}},
       {"both.example", {.addresses = {"127.0.0.1", "fd00:ec2::254"}}},
       {"loop.example", {.addresses = {"127.0.0.2"}}}}};
};

// guards D5
TEST_F(SmtpMailerTest, OneBadAddressOfTheRelayRefusesItsName) {
  for (const char* host : {"first.example", "last.example", "both.example", "loop.example"}) {
    const MailResult result = send_to(host);
    EXPECT_EQ(result.kind, MailResult::Kind::transient) << host;
    EXPECT_NE(result.error.find("requests to the mail relay are refused"), std::string::npos)
        << host << ": " << result.error;
  }
  EXPECT_EQ(receiver.connections(), 0);
}

TEST_F(SmtpMailerTest, ConnectsToTheAddressThatWasVetted) {
  const MailResult result = send_to("good.example");
  EXPECT_EQ(receiver.connections(), 1) << result.error;
  EXPECT_EQ(result.error.find("refused"), std::string::npos) << result.error;
  EXPECT_EQ(names.questions("good.example"), 1);
}

TEST_F(SmtpMailerTest, ANameThatDoesNotExistIsTold) {
  const MailResult result = send_to("nobody.example");
  EXPECT_EQ(result.kind, MailResult::Kind::transient);
  EXPECT_NE(result.error.find("nobody.example"), std::string::npos) << result.error;
}

}  // namespace
}  // namespace sluice::delivery
