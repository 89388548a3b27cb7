#include "delivery/channels/email_message.hpp"

#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <sstream>

#include "base/encoding.hpp"

namespace sluice::delivery {
namespace {

namespace json = boost::json;

EmailMessage made(std::string_view event, json::object configs = {}) {
  std::string problem;
  EmailMessage message = email_message(json::parse(event).as_object(), configs, problem);
  EXPECT_EQ(problem, "");
  return message;
}

/// What a reader of mail makes of a header of encoded words.
std::string decoded(const std::string& header) {
  std::string text;
  std::istringstream lines(header);
  for (std::string line; std::getline(lines, line);) {
    const std::size_t begin = line.find("=?utf-8?B?") + 10;
    text += base::from_base64(line.substr(begin, line.rfind("?=") - begin)).value_or("?");
  }
  return text;
}

TEST(HeaderValue, LetsNoLineBreakOfAnEventThrough) {
  EXPECT_EQ(header_value("a\r\nBcc: x@y.z"), "a  Bcc: x@y.z");
  EXPECT_EQ(header_value(std::string_view("a\0b\x7F", 4)), "a b ");
}

TEST(HeaderValue, EncodesWhatIsNotAsciiInWordsOfAtMost75Characters) {
  std::string text;
  for (int i = 0; i < 60; ++i) text += "\xC3\xA9\xE2\x82\xAC";
  const std::string header = header_value(text);
  EXPECT_EQ(decoded(header), text);
  std::istringstream lines(header);
  for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 77U) << line;
}

TEST(HeaderValue, EncodesWhatWouldBeTakenForAnEncodedWord) {
  EXPECT_EQ(decoded(header_value("=?utf-8?B?eA==?=")), "=?utf-8?B?eA==?=");
}

TEST(EmailMessage, EscapesTheEventInHtml) {
  const EmailMessage message =
      made(R"({"event_type":"a.b","event_id":"e","metadata":{"x":"<script>"}})");
  EXPECT_EQ(message.content_type, "text/html; charset=utf-8");
  EXPECT_EQ(message.body.find("<script>"), message.body.npos) << message.body;
  EXPECT_NE(message.plain_body.find("<script>"), message.plain_body.npos);
  EXPECT_EQ(message.subject, "a.b");
}

TEST(EmailMessage, SaysWhatHappenedInAFewLines) {
  const EmailMessage message = made(
      R"({"event_type":"order.paid","event_id":"evt_1","occurred_at":"2026-01-31T12:00:05.123Z",
          "namespace_id":"shop","subject":{"type":"order","id":"4711"},
          "metadata":{"total":12.5,"items":["a","b"]}})");
  EXPECT_EQ(message.subject, "order.paid (order 4711)");
  EXPECT_EQ(message.plain_body,
            "order.paid\norder 4711\n\nTime: 31 Jan 2026, 12:00:05 UTC\nNamespace: shop\n"
            "Event: evt_1\n\ntotal: 12.5\nitems: [\"a\",\"b\"]\n");
  for (const char* part : {">order.paid<", ">order 4711<", ">31 Jan 2026, 12:00:05 UTC<", ">shop<",
                           ">evt_1<", ">total<", ">items<"})
    EXPECT_NE(message.body.find(part), message.body.npos) << part << "\n" << message.body;
}

TEST(EmailMessage, SaysNothingOfWhatIsNotThere) {
  const EmailMessage message =
      made(R"({"event_type":"a.b","event_id":"e","occurred_at":"then","subject":null,"metadata":null})");
  EXPECT_EQ(message.subject, "a.b");
  EXPECT_EQ(message.plain_body, "a.b\n\nTime: then\nEvent: e\n");
  EXPECT_EQ(made(R"({"event_type":"a.b","subject":{"id":"7"}})").subject, "a.b (7)");
  EXPECT_EQ(made(R"({"event_type":"a.b","subject":"all"})").subject, "a.b (all)");
}

TEST(EmailMessage, StaysShortWhateverTheEventHolds) {
  json::object metadata;
  for (int i = 0; i < 200; ++i) metadata["key" + std::to_string(i)] = std::string(2'000, '<');
  const EmailMessage message = made(json::serialize(
      json::object{{"event_type", "a.b"}, {"subject", std::string(100'000, 'x')}, {"metadata", metadata}}));
  EXPECT_LT(message.subject.size(), 120U);
  EXPECT_LT(message.body.size(), 200'000U);
  EXPECT_TRUE(message.plain_body.ends_with("and 170 more\n"));
}

TEST(EmailMessage, RendersMarkdownWithoutTheHtmlInIt) {
  const EmailMessage message =
      made(R"({"event_type":"a.b","metadata":"<script>alert(1)</script>"})",
           {{"content_type", "markdown"}, {"body_template", "**{event_type}** {metadata}"}});
  EXPECT_NE(message.body.find("<strong>a.b</strong>"), message.body.npos) << message.body;
  EXPECT_EQ(message.body.find("<script>"), message.body.npos) << message.body;
}

TEST(EmailMessage, IsPlainTextOrJsonWhereTheChannelSaysSo) {
  EXPECT_EQ(made(R"({"event_type":"a"})",
                 {{"content_type", "plain_text"}, {"body_template", "<{event_type}>"}})
                .body,
            "<a>");
  EXPECT_EQ(made(R"({"event_type":"a"})", {{"content_type", "json"}}).body,
            R"({"event_type":"a"})");
}

TEST(EmailMessage, TakesItsSubjectFromTheTemplate) {
  EXPECT_EQ(made(R"({"event_type":"a","subject":{"id":"7"}})",
                 {{"subject_template", "Alert: {event_type} {{ subject.id }}"}})
                .subject,
            "Alert: a 7");
}

}  // namespace
}  // namespace sluice::delivery
