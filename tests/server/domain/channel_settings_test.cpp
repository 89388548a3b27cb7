// configs of each kind of channel: what is stored of a good one, what is said of a bad one.
#include <gtest/gtest.h>

#include <array>

#include "domain/secret.hpp"
#include "tests/server/domain/webhook_requests.hpp"

namespace sluice::domain {
namespace {

using testkit::Reading;
using testkit::request;
using testkit::summary;
using Lines = std::vector<std::string>;

/// The errors' types and their places below configs.
Lines problems(std::string_view kind, std::string_view configs) {
  Lines lines = summary(Reading{}.errors(request(kind, configs)));
  constexpr std::string_view kCommon = "channels.0.configs.";
  for (std::string& line : lines) {
    const std::size_t at = line.find(kCommon);
    if (at != std::string::npos) line.erase(at, kCommon.size());
  }
  return lines;
}

boost::json::object stored(std::string_view kind, std::string_view configs) {
  WebhookDraft draft = Reading{}.good(request(kind, configs));
  return draft.channels.empty() ? boost::json::object{} : draft.channels[0].configs;
}

struct Case {
  std::string_view configs;
  Lines expected;
};

void expect_problems(std::string_view kind, std::span<const Case> cases) {
  for (const Case& each : cases)
    EXPECT_EQ(problems(kind, each.configs), each.expected) << each.configs;
}

TEST(WebhookSettings, AreStoredWithDefaults) {
  boost::json::object configs = stored(
      "webhook", R"({"url": "https://example.com/hook", "method": "POST", "headers": null})");
  EXPECT_TRUE(is_signing_secret(configs["secret"].as_string()));
  configs.erase("secret");
  EXPECT_EQ(configs, boost::json::parse(R"({"url": "https://example.com/hook", "timeout": 10})"));
}

TEST(WebhookSettings, AreStoredAsGiven) {
  constexpr std::string_view kConfigs = R"({
      "url": "http://allowed.example/x", "headers": {"X-A": "b", "Authorization": "Bearer t"},
      "payload_template": {"type": "{{ event_type }}", "n": 1}, "timeout": 2.5,
      "secret": "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIz", "rate_limit": 0.5, "max_in_flight": 4,
      "ordered": false, "batch": {"max_events": 10, "max_wait_ms": 0, "format": "ndjson"}})";
  EXPECT_EQ(stored("webhook", kConfigs), boost::json::parse(kConfigs));
  EXPECT_EQ(stored("webhook", R"({"url": "https://a.example", "batch": {}})")["batch"],
            boost::json::parse(R"({"max_events": 100, "max_wait_ms": 1000, "format": "json"})"));
}

TEST(WebhookSettings, SayWhatIsWrong) {
  const std::array cases{
      Case{R"({})", {"missing at url"}},
      Case{R"({"url": 1})", {"string_type at url"}},
      Case{R"({"url": ""})", {"string_too_short at url"}},
      Case{R"({"url": "example.com"})", {"url_parsing at url"}},
      Case{R"({"url": "https://u:p@example.com"})", {"url_parsing at url"}},
      Case{R"({"url": "http://example.com"})", {"value_error at url"}},
      Case{R"({"url": "https://10.0.0.1/"})", {"value_error at url"}},
      Case{R"({"url": "https://a.b", "headers": []})", {"dict_type at headers"}},
      Case{R"({"url": "https://a.b", "headers": {"X": 1}})", {"string_type at headers.X"}},
      Case{R"({"url": "https://a.b", "headers": {"X-A": "a\r\nEvil: 1"}})",
           {"value_error at headers.X-A"}},
      Case{R"({"url": "https://a.b", "headers": {"X-A": "a\u0000"}})",
           {"value_error at headers.X-A"}},
      Case{R"({"url": "https://a.b", "headers": {"X-A": "\u00e9"}})",
           {"value_error at headers.X-A"}},
      Case{R"({"url": "https://a.b", "headers": {"X A": "a"}})", {"value_error at headers.X A"}},
      Case{R"({"url": "https://a.b", "headers": {"X-A": "1", "x-a": "2"}})",
           {"value_error at headers.x-a"}},
      Case{R"({"url": "https://a.b", "headers": {"Host": "x", "CONTENT-LENGTH": "1",
               "Transfer-Encoding": "chunked", "connection": "close", "Webhook-Id": "x",
               "ce-type": "x", "Content-Type": "text/plain", "": "x"}})",
           {"value_error at headers.Host", "value_error at headers.CONTENT-LENGTH",
            "value_error at headers.Transfer-Encoding", "value_error at headers.connection",
            "value_error at headers.Webhook-Id", "value_error at headers.ce-type",
            "value_error at headers."}},
      Case{R"({"url": "https://a.b", "payload_template": "text"})",
           {"dict_type at payload_template"}},
      Case{R"({"url": "https://a.b", "payload_template": {"a": ["{{ x"], "b": "{{ y | z }}"}})",
           {"template_syntax at payload_template.a.0", "template_syntax at payload_template.b"}},
      Case{R"({"url": "https://a.b", "timeout": "10"})", {"float_type at timeout"}},
      Case{R"({"url": "https://a.b", "timeout": 0.99})", {"greater_than_equal at timeout"}},
      Case{R"({"url": "https://a.b", "timeout": 60.1})", {"less_than_equal at timeout"}},
      Case{R"({"url": "https://a.b", "secret": "whsec_short"})", {"value_error at secret"}},
      Case{R"({"url": "https://a.b", "secret": ""})", {"string_too_short at secret"}},
      Case{R"({"url": "https://a.b", "secret": "****abcd"})", {"value_error at secret"}},
      Case{R"({"url": "https://a.b", "headers": {"X-Token": "****"}})",
           {"value_error at headers.X-Token"}},
      Case{R"({"url": "https://a.b", "rate_limit": 0})", {"greater_than_equal at rate_limit"}},
      Case{R"({"url": "https://a.b", "max_in_flight": 1.5})", {"int_type at max_in_flight"}},
      Case{R"({"url": "https://a.b", "max_in_flight": 1001})",
           {"less_than_equal at max_in_flight"}},
      Case{R"({"url": "https://a.b", "ordered": "no"})", {"bool_type at ordered"}},
      Case{R"({"url": "https://a.b", "ordered": true, "max_in_flight": 2})",
           {"value_error at max_in_flight"}},
      Case{R"({"url": "https://a.b", "ordered": true, "max_in_flight": 1})", {}},
      Case{R"({"url": "https://a.b", "batch": {"max_events": 0, "max_wait_ms": "x",
               "format": "xml"}})",
           {"greater_than_equal at batch.max_events", "int_type at batch.max_wait_ms",
            "enum at batch.format"}},
  };
  expect_problems("webhook", cases);
}

TEST(WebhookSettings, AreBounded) {
  boost::json::object headers;
  for (int i = 0; i < 65; ++i) headers["X-" + std::to_string(i)] = "v";
  boost::json::object body = request("webhook", R"({"url": "https://a.b"})");
  boost::json::object& configs = body["channels"].at(0).at("configs").as_object();
  configs["headers"] = headers;
  EXPECT_EQ(summary(Reading{}.errors(body)), Lines{"too_long at channels.0.configs.headers"});
  headers.clear();
  for (int i = 0; i < 5; ++i) headers["X-" + std::to_string(i)] = std::string(4'096, 'v');
  configs["headers"] = headers;
  EXPECT_EQ(summary(Reading{}.errors(body)), Lines{"too_long at channels.0.configs.headers"});
  configs.erase("headers");
  configs["payload_template"] = {{"a", std::string(65'536, 'x')}};
  EXPECT_EQ(summary(Reading{}.errors(body)),
            Lines{"too_long at channels.0.configs.payload_template"});
}

TEST(SlackSettings, AreOfOneOfTwoKinds) {
  constexpr std::string_view kIncoming = R"({
      "webhook_url": "https://hooks.slack.com/services/T/B/x", "channel": "#ops",
      "username": "sluice", "icon_emoji": ":bell:", "icon_url": "https://example.com/i.png",
      "blocks_template": "[{\"type\": \"divider\"}]"})";
  constexpr std::string_view kBot = R"({
      "bot_token": "xoxb-1-2-abc", "channel_id": "C0123456789", "workspace_id": "T0123456789",
      "blocks_template": [{"type": "section", "text": "{{ event_type }}"}]})";
  EXPECT_EQ(stored("slack", kIncoming), boost::json::parse(kIncoming));
  EXPECT_EQ(stored("slack", kBot), boost::json::parse(kBot));
}

TEST(SlackSettings, SayWhatIsWrong) {
  const std::array cases{
      Case{R"({})", {"missing at webhook_url"}},
      Case{R"({"channel": "#ops"})", {"missing at webhook_url"}},
      Case{R"({"bot_token": "xoxb-1"})", {"missing at channel_id"}},
      Case{R"({"channel_id": "C1"})", {"missing at bot_token"}},
      Case{R"({"bot_token": "xoxb 1", "channel_id": "C1"})", {"value_error at bot_token"}},
      Case{R"({"webhook_url": "https://a.b/c", "bot_token": "x", "channel_id": "C1"})",
           {"value_error at webhook_url"}},
      Case{R"({"webhook_url": "hooks.slack.com"})", {"url_parsing at webhook_url"}},
      Case{R"({"webhook_url": "https://10.0.0.1/x"})", {"value_error at webhook_url"}},
      Case{R"({"webhook_url": "https://hooks.slack.com/****"})", {"value_error at webhook_url"}},
      Case{R"({"webhook_url": "https://a.b/c", "icon_url": "icon.png"})",
           {"url_parsing at icon_url"}},
      Case{R"({"webhook_url": "https://a.b/c", "username": "a\nb"})", {"value_error at username"}},
      Case{R"({"webhook_url": "https://a.b/c", "blocks_template": "plain"})",
           {"template_syntax at blocks_template"}},
      Case{R"({"webhook_url": "https://a.b/c", "blocks_template": [{"text": "{{ x"}]})",
           {"template_syntax at blocks_template.0.text"}},
  };
  expect_problems("slack", cases);
}

TEST(EmailSettings, AreStoredUnderTheirOwnNames) {
  EXPECT_EQ(stored("email", R"({"recipients": ["a@example.com", "a@example.com"]})"),
            boost::json::parse(R"({"to_addresses": ["a@example.com"], "content_type": "html"})"));
  constexpr std::string_view kConfigs = R"({
      "to_addresses": ["a@example.com", "first.last+tag@sub.example.org"],
      "subject_template": "{event_type}", "body_template": "<p>{{ metadata.x }}</p>\n",
      "content_type": "markdown", "cc_addresses": ["b@localhost"], "bcc_addresses": ["c@d.example"]})";
  EXPECT_EQ(stored("email", kConfigs), boost::json::parse(kConfigs));
}

TEST(EmailSettings, SayWhatIsWrong) {
  const std::array cases{
      Case{R"({})", {"missing at to_addresses"}},
      Case{R"({"to_addresses": "a@b.c"})", {"list_type at to_addresses"}},
      Case{R"({"to_addresses": []})", {"too_short at to_addresses"}},
      Case{R"({"recipients": ["nobody"]})", {"value_error at recipients.0"}},
      Case{
          R"({"to_addresses": ["a@b.example\r\nBcc: x@y.example", "Ann <a@b.example>", "@b.example",
               "a@", "a@b", "a@@b.example", ".a@b.example", "a..b@c.example", "a@b..example",
               "a@-b.example", "a b@c.example", "\u00e9@b.example", "a@1.2.3.4", "a@[1.2.3.4]"]})",
          Lines{"value_error at to_addresses.0", "value_error at to_addresses.1",
                "value_error at to_addresses.2", "value_error at to_addresses.3",
                "value_error at to_addresses.4", "value_error at to_addresses.5",
                "value_error at to_addresses.6", "value_error at to_addresses.7",
                "value_error at to_addresses.8", "value_error at to_addresses.9",
                "value_error at to_addresses.10", "value_error at to_addresses.11",
                "value_error at to_addresses.12", "value_error at to_addresses.13"}},
      Case{R"({"to_addresses": ["a@b.example"], "subject_template": "a\nb"})",
           {"value_error at subject_template"}},
      Case{R"({"to_addresses": ["a@b.example"], "body_template": "{% if %}"})",
           {"template_syntax at body_template"}},
      Case{R"({"to_addresses": ["a@b.example"], "content_type": "text/html"})",
           {"enum at content_type"}},
      Case{R"({"to_addresses": ["a@b.example"], "cc_addresses": ["x"]})",
           {"value_error at cc_addresses.0"}},
  };
  expect_problems("email", cases);
}

TEST(SmsSettings, AreNumbersAndAMessage) {
  EXPECT_EQ(stored("sms", R"({"phone_numbers": ["+1234567890"], "provider": "twilio"})"),
            boost::json::parse(R"({"phone_numbers": ["+1234567890"]})"));
  const std::array cases{
      Case{R"({})", {"missing at phone_numbers"}},
      Case{R"({"phone_numbers": ["15550100123", "+05550100123", "+1555 0100", "+123456",
                                 "+1234567890123456", "+155501001\n23", "+1555010012x"]})",
           Lines{"value_error at phone_numbers.0", "value_error at phone_numbers.1",
                 "value_error at phone_numbers.2", "value_error at phone_numbers.3",
                 "value_error at phone_numbers.4", "value_error at phone_numbers.5",
                 "value_error at phone_numbers.6"}},
      Case{R"({"phone_numbers": ["+1234567890"], "message_template": "{{"})",
           {"template_syntax at message_template"}},
  };
  expect_problems("sms", cases);
}

TEST(Settings, SayWhereATemplateGoesWrong) {
  const auto errors = Reading{}.errors(request(
      "sms", R"({"phone_numbers": ["+1234567890"], "message_template": "a\nb {{ x | y }}"})"));
  ASSERT_EQ(errors.size(), 1U);
  EXPECT_TRUE(errors[0].message.starts_with("line 2, column 10: unknown filter 'y'"))
      << errors[0].message;
}

}  // namespace
}  // namespace sluice::domain
