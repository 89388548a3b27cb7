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
  EXPECT_NE(blocks.find("<!date^1767225600^{date_short_pretty}, {time_secs}|01 Jan 2026, 00:00:00 UTC>"),
            blocks.npos)
      << blocks;
  EXPECT_NE(blocks.find("evt_1"), blocks.npos);
}

TEST(SlackMessage, ATimeThatIsNoneIsSaidAsItIs) {
  const std::string blocks =
      json::serialize(message(R"({"event_type":"a","occurred_at":"<!here>"})").at("blocks"));
  EXPECT_NE(blocks.find("&lt;!here&gt;"), blocks.npos) << blocks;
  EXPECT_EQ(blocks.find("<!"), blocks.npos) << blocks;
}

TEST(SlackMessage, ShowsShortMetadataSideBySide) {
  const json::object made = message(
      R"({"event_type":"a","metadata":{"count":3,"who":"Ann & Bob","nested":{"x":[1]},"none":null}})");
  const json::array& fields = made.at("blocks").at(1).at("fields").as_array();
  ASSERT_EQ(fields.size(), 4U);
  EXPECT_EQ(fields[0].at("text"), "*count*\n3");
  EXPECT_EQ(fields[1].at("text"), "*who*\nAnn &amp; Bob");
  EXPECT_EQ(fields[2].at("text"), R"(*nested*
{"x":[1]})");
  EXPECT_EQ(fields[3].at("text"), "*none*\n");
  for (const json::value& field : fields) EXPECT_EQ(field.at("verbatim"), true);
}

TEST(SlackMessage, ListsMetadataThatIsLongOrNoObject) {
  json::object many;
  for (int i = 0; i < 40; ++i) many["k" + std::to_string(i)] = i;
  const auto list = [](const json::value& metadata) {
    const json::object made = message(
        json::serialize(json::object{{"event_type", "a"}, {"metadata", metadata}}));
    return std::string{made.at("blocks").at(1).at("text").at("text").as_string()};
  };
  EXPECT_TRUE(list(many).starts_with("*k0*: 0\n*k1*: 1\n")) << list(many);
  EXPECT_TRUE(list(many).ends_with("and 10 more")) << list(many);
  EXPECT_EQ(list("just words"), "just words\n");
  // Whatever is cut off, no half of an entity is left.
  for (std::size_t pad = 0; pad < 8; ++pad) {
    const std::string cut = list(json::value(std::string(pad, 'x') + std::string(5'000, '<')));
    EXPECT_LE(cut.size(), 3'000U);
    EXPECT_TRUE(cut.ends_with("&lt;...")) << cut;
  }
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
