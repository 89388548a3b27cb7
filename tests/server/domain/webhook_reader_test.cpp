// Bodies that make a webhook, and every way in which the fields beside the channels can be wrong.
#include "domain/webhook_reader.hpp"

#include <gtest/gtest.h>

#include <array>

#include "tests/server/domain/webhook_requests.hpp"

namespace sluice::domain {
namespace {

using boost::json::array;
using boost::json::object;
using boost::json::value;
using testkit::Reading;
using testkit::request;
using testkit::summary;

object body() { return request("webhook", R"({"url": "https://example.com/hook"})"); }

using Lines = std::vector<std::string>;

TEST(ReadWebhook, TakesAWholeWebhook) {
  object given = body();
  given["description"] = "What it is for";
  given["is_active"] = false;
  given["event_types"] = {"object.*", "cluster.execution.failed", "object.*", "**"};
  const WebhookDraft draft = Reading{}.good(given);
  EXPECT_EQ(draft.name, "Audit");
  EXPECT_EQ(draft.description, "What it is for");
  EXPECT_EQ(draft.event_types, (Lines{"object.*", "cluster.execution.failed", "**"}));
  EXPECT_FALSE(draft.is_active);
  ASSERT_EQ(draft.channels.size(), 1U);
  EXPECT_EQ(draft.channels[0].kind, ChannelKind::webhook);
}

TEST(ReadWebhook, HasDefaultsAndIgnoresWhatItDoesNotKnow) {
  object given = body();
  given["webhook_id"] = "wh_abc123def4";
  given["internal_id"] = "int_someone_elses";
  given["created_at"] = 7;
  given["updated_at"] = "whenever";
  given["last_error"] = {{"message", "made up"}};
  given["colour"] = "green";
  given["description"] = nullptr;
  const WebhookDraft draft = Reading{}.good(given);
  EXPECT_TRUE(draft.is_active);
  EXPECT_EQ(draft.description, std::nullopt);
  EXPECT_TRUE(have_same_content(Reading{}.good(body()), draft));
}

TEST(ReadWebhook, ReportsEveryProblemAtOnceInOrder) {
  const value given = boost::json::parse(R"({
      "webhook_name": "", "description": 4, "event_types": ["a..b", 7, "good", "obj*"],
      "is_active": "yes", "channels": [
        {"channel": "webhook", "configs": {"url": "ftp://x", "timeout": 0}},
        {"channel": "pager", "configs": {}},
        "sms",
        {"channel": "sms", "configs": {"phone_numbers": ["+15550100123", "911"]}},
        {"configs": []}]})");
  EXPECT_EQ(
      summary(Reading{}.errors(given)),
      (Lines{"string_too_short at webhook_name", "string_type at description",
             "value_error at event_types.0", "string_type at event_types.1",
             "value_error at event_types.3", "url_scheme at channels.0.configs.url",
             "greater_than_equal at channels.0.configs.timeout", "enum at channels.1.channel",
             "model_attributes_type at channels.2",
             "value_error at channels.3.configs.phone_numbers.1", "missing at channels.4.channel",
             "dict_type at channels.4.configs", "bool_type at is_active"}));
}

TEST(ReadWebhook, LocatesProblemsInTheBody) {
  const auto errors = Reading{}.errors(request("webhook", R"({"url": "nonsense"})"));
  ASSERT_EQ(errors.size(), 1U);
  EXPECT_EQ(errors[0].location,
            (std::vector<LocationStep>{"body", "channels", std::size_t{0}, "configs", "url"}));
  EXPECT_NE(errors[0].message.find("https://example.com/hook"), std::string::npos);
}

TEST(ReadWebhook, NeedsAnObject) {
  for (const char* text : {"null", "[]", "\"text\"", "1"}) {
    const auto errors = Reading{}.errors(boost::json::parse(text));
    ASSERT_EQ(errors.size(), 1U) << text;
    EXPECT_EQ(errors[0].type, "model_attributes_type");
    EXPECT_EQ(errors[0].location, std::vector<LocationStep>{"body"});
  }
}

struct FieldCase {
  std::string_view field;
  value given;
  Lines expected;
};

TEST(ReadWebhook, ChecksEachField) {
  std::string longest;
  for (int i = 0; i < 200; ++i) longest += "\xC3\xA9";
  const array many_types(1'001, value("a"));
  const array many_channels(33, value(nullptr));
  const std::array cases{
      FieldCase{"webhook_name", nullptr, {"missing at webhook_name"}},
      FieldCase{"webhook_name", 1, {"string_type at webhook_name"}},
      FieldCase{"webhook_name", value(longest), {}},
      FieldCase{"webhook_name", value(longest + "x"), {"string_too_long at webhook_name"}},
      FieldCase{"webhook_name", "two\nlines", {"value_error at webhook_name"}},
      FieldCase{"description", "two\nlines", {}},
      FieldCase{"description", "", {}},
      FieldCase{"description", value(std::string(4'097, 'x')), {"string_too_long at description"}},
      FieldCase{"event_types", nullptr, {"missing at event_types"}},
      FieldCase{"event_types", "object.created", {"list_type at event_types"}},
      FieldCase{"event_types", array{}, {"too_short at event_types"}},
      FieldCase{"event_types", many_types, {"too_long at event_types"}},
      FieldCase{"event_types",
                array{value(std::string(2'000, 'x'))},
                {"string_too_long at event_types.0"}},
      FieldCase{
          "event_types", array{value(std::string(256, 'x'))}, {"value_error at event_types.0"}},
      FieldCase{"channels", nullptr, {"missing at channels"}},
      FieldCase{"channels", object{}, {"list_type at channels"}},
      FieldCase{"channels", array{}, {"too_short at channels"}},
      FieldCase{"channels", many_channels, {"too_long at channels"}},
      FieldCase{"channels", array{object{{"channel", "sms"}}}, {"missing at channels.0.configs"}},
      FieldCase{"channels",
                array{object{{"channel", 1}, {"configs", nullptr}}},
                {"enum at channels.0.channel", "missing at channels.0.configs"}},
      FieldCase{"is_active", nullptr, {}},
      FieldCase{"is_active", 1, {"bool_type at is_active"}},
  };
  for (const FieldCase& each : cases) {
    object given = body();
    given[each.field] = each.given;
    EXPECT_EQ(summary(Reading{}.errors(given)), each.expected) << each.field;
  }
}

std::string event_type_message(std::string_view event_type,
                               Catalogue::Mode mode = Catalogue::Mode::open) {
  object given = body();
  given["event_types"] = {event_type};
  const auto errors = Reading{mode}.errors(given);
  return errors.empty() ? "accepted" : errors[0].message;
}

TEST(ReadWebhook, SaysWhyAStarInsideASegmentIsRefusedAndWhatToWrite) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 8> kFixes{{
      {"obj*", "'object.*'"},
      {"obj*.created", "'object.created'"},
      {"object.creat*", "'object.created'"},
      {"cluster.exec*.failed", "'cluster.execution.failed'"},
      {"collection.doc*", "'collection.documents.*'"},
      {"invoice*.paid", "'*.paid'"},
      {"billing.inv*", "'billing.*'"},
      {"**x", "'*'"},
  }};
  for (const auto& [text, fix] : kFixes) {
    const std::string message = event_type_message(text);
    EXPECT_NE(message.find("a whole segment"), std::string::npos) << message;
    EXPECT_NE(message.find("write " + std::string{fix}), std::string::npos) << message;
  }
}

TEST(ReadWebhook, SaysWhatANameMustBe) {
  EXPECT_NE(event_type_message("a..b").find("byte 2"), std::string::npos);
  EXPECT_NE(event_type_message("object created").find("A-Z"), std::string::npos);
  EXPECT_NE(event_type_message("").find("empty"), std::string::npos);
  EXPECT_EQ(event_type_message("anything.at-all"), "accepted");
}

TEST(ReadWebhook, AcceptsOnlyWhatAClosedCatalogueKnows) {
  constexpr auto kClosed = Catalogue::Mode::closed;
  for (const char* text : {"object.created", "object.*", "*", "**.failed"}) {
    EXPECT_EQ(event_type_message(text, kClosed), "accepted") << text;
  }
  EXPECT_NE(event_type_message("object.creatd", kClosed).find("did you mean 'object.created'?"),
            std::string::npos);
  EXPECT_NE(event_type_message("invoice.paid", kClosed).find("GET /v1/event-types"),
            std::string::npos);
  EXPECT_NE(event_type_message("objekt.*", kClosed).find("covers a known event type"),
            std::string::npos);
}

}  // namespace
}  // namespace sluice::domain
