#include "delivery/channels/slack_channel.hpp"

#include <gtest/gtest.h>

#include <boost/json.hpp>

namespace sluice::delivery {
namespace {

namespace json = boost::json;

const base::Time kNow{std::chrono::seconds{1'700'000'000}};

json::object message(std::string_view event, json::object configs = {}) {
  std::string problem;
  json::object made = slack_message(json::parse(event).as_object(), configs, problem);
  EXPECT_EQ(problem, "");
  return made;
}

Verdict judged(int status, std::string body, bool is_web_api, std::string retry_after = "") {
  OutboundResult result;
  result.outcome = Outcome::response;
  result.status = status;
  result.body = std::move(body);
  result.retry_after = std::move(retry_after);
  return judge_slack(std::move(result), is_web_api, "POST", kNow);
}

TEST(SlackMessage, TakesNothingOfAnEventForMarkup) {
  const std::string text = json::serialize(
      message(R"({"event_type":"a.b","event_id":"<!channel>","occurred_at":"t","subject":"<@U1> & co",
                  "metadata":{"x":"<https://evil|click>"}})"));
  EXPECT_EQ(text.find("<!channel>"), text.npos) << text;
  EXPECT_EQ(text.find("<@U1>"), text.npos) << text;
  EXPECT_EQ(text.find("<https"), text.npos) << text;
  EXPECT_NE(text.find("&lt;@U1&gt; &amp; co"), text.npos) << text;
}

TEST(SlackMessage, NamesTheEventItsSubjectAndItsTime) {
  const json::object made = message(
      R"({"event_type":"object.created","event_id":"evt_1","occurred_at":"2026-01-01T00:00:00Z",
          "subject":{"type":"object","id":"obj_1"},"metadata":null})");
  EXPECT_EQ(made.at("text"), "object.created: object obj_1");
  const std::string blocks = json::serialize(made.at("blocks"));
  EXPECT_NE(blocks.find("*object.created*"), blocks.npos);
  EXPECT_NE(blocks.find("2026-01-01T00:00:00Z"), blocks.npos);
}

TEST(SlackMessage, StaysBelowTheLimitOfASection) {
  const std::string large(100'000, 'x');
  const json::object made =
      message(json::serialize(json::object{{"event_type", "a"}, {"metadata", {{"x", large}}}}));
  for (const json::value& block : made.at("blocks").as_array()) {
    const json::value* text = block.as_object().if_contains("text");
    const std::size_t bytes = text == nullptr ? 0 : text->at("text").as_string().size();
    EXPECT_LE(bytes, 3'000U);
  }
}

TEST(SlackMessage, IsWhatTheBlocksTemplateSays) {
  const json::object made =
      message(R"({"event_type":"a.b"})",
              {{"blocks_template", {{{"type", "divider"}, {"block_id", "{{ event_type }}"}}}},
               {"username", "sluice"}});
  EXPECT_EQ(json::serialize(made.at("blocks")), R"([{"type":"divider","block_id":"a.b"}])");
  EXPECT_EQ(made.at("username"), "sluice");
}

TEST(JudgeSlack, KnowsTheAnswersOfIncomingWebhooks) {
  EXPECT_EQ(judged(200, "ok\n", false).decision, Decision::delivered);
  EXPECT_EQ(judged(200, R"({"ok":true})", false).decision, Decision::delivered);
  EXPECT_EQ(judged(200, "<html>", false).decision, Decision::retry);
  for (const int status : {400, 403, 404, 410})
    EXPECT_EQ(judged(status, "no_service", false).decision, Decision::permanent) << status;
  for (const int status : {429, 500, 502, 503})
    EXPECT_EQ(judged(status, "", false).decision, Decision::retry) << status;
  EXPECT_EQ(judged(429, "", false, "30").retry_after, std::chrono::seconds{30});
}

TEST(JudgeSlack, TakesAnOkFalseForAFailureWhateverTheStatus) {
  EXPECT_EQ(judged(200, R"({"ok":true,"ts":"1.2"})", true).decision, Decision::delivered);
  EXPECT_EQ(judged(200, R"({"ok":false,"error":"channel_not_found"})", true).decision,
            Decision::permanent);
  EXPECT_EQ(judged(200, R"({"ok":false,"error":"ratelimited"})", true).decision, Decision::retry);
  EXPECT_EQ(judged(200, "ok", true).decision, Decision::retry);
  EXPECT_EQ(judged(200, "[]", true).decision, Decision::retry);
}

}  // namespace
}  // namespace sluice::delivery
