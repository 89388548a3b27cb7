// CloudEvents in the three modes of HTTP.
#include "ingest/cloud_event.hpp"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <string>

#include "server/ingest/gzip_text.hpp"
#include "server/ingest/intake_rig.hpp"

namespace sluice::ingest {
namespace {

using testkit::Body;
using testkit::IntakeRig;

constexpr const char* kStructured = "application/cloudevents+json";
constexpr const char* kBatch = "application/cloudevents-batch+json";

Body binary(std::string content_type, std::string data,
            std::vector<std::pair<std::string, std::string>> more = {}) {
  Body body{.content_type = std::move(content_type), .text = std::move(data)};
  body.fields = {{"Host", "example"},
                 {"ce-specversion", "1.0"},
                 {"CE-Type", "a.b"},
                 {"ce-source", "/here"},
                 {"ce-id", "7"}};
  body.fields.insert(body.fields.end(), more.begin(), more.end());
  return body;
}

/// The only event that a body makes, as JSON.
boost::json::value event_of(const Body& body) {
  IntakeRig rig;
  const IngestResult result = rig.send(body);
  if (rig.sink.events().size() != 1) {
    ADD_FAILURE() << testing::PrintToString(result);
    return {};
  }
  EXPECT_EQ(rig.sink.events()[0].id, "7");
  return boost::json::parse(rig.sink.events()[0].json);
}

std::string error_of(const Body& body) {
  IntakeRig rig;
  const IngestResult result = rig.send(body);
  EXPECT_EQ(result.status, 422);
  return result.errors.size() == 1 ? std::string{result.errors[0].type} : "not one error";
}

TEST(CloudEvent, IsReadInTheStructuredMode) {
  const Body body{.content_type = std::string{kStructured} + "; charset=utf-8",
                  .text =
                      "{\"specversion\":\"1.0\",\"type\":\"a.b\",\n\"source\":\"/here\","
                      "\"id\":\"7\",\"data\":[1]}"};
  EXPECT_EQ(event_of(body), boost::json::parse(body.text));
}

TEST(CloudEvent, MustHaveItsRequiredAttributes) {
  const auto error = [](std::string text) {
    return error_of({.content_type = kStructured, .text = std::move(text)});
  };
  EXPECT_EQ(error(R"({"type":"a","source":"/s","id":"7"})"), "bad_specversion");
  EXPECT_EQ(error(R"({"specversion":"0.3","type":"a","source":"/s","id":"7"})"), "bad_specversion");
  EXPECT_EQ(error(R"({"specversion":1.0,"type":"a","source":"/s","id":"7"})"), "bad_specversion");
  EXPECT_EQ(error(R"({"specversion":"1.0","source":"/s","id":"7"})"), "missing_event_type");
  EXPECT_EQ(error(R"({"specversion":"1.0","type":"a","id":"7"})"), "missing_source");
  EXPECT_EQ(error(R"({"specversion":"1.0","type":"a","source":"","id":"7"})"), "missing_source");
  EXPECT_EQ(error(R"({"specversion":"1.0","type":"a","source":"/s"})"), "missing_id");
  EXPECT_EQ(error(R"({"specversion":"1.0","type":"a","source":"/s","id":""})"), "bad_event_id");
  EXPECT_EQ(error(R"({"specversion":"1.0","type":"a","source":"/s","id":"7","time":"noon"})"),
            "bad_occurred_at");
  EXPECT_EQ(error("[]"), "not_an_object");
}

TEST(CloudEvent, IsRejectedAloneInABatch) {
  IntakeRig rig;
  const IngestResult result = rig.send(
      {.content_type = kBatch,
       .text = R"([{"specversion":"1.0","type":"a","source":"/s","id":"7"},{"type":"a"}])"});
  EXPECT_EQ(result.accepted, 1U);
  ASSERT_EQ(result.errors.size(), 1U);
  EXPECT_EQ(result.errors[0].index, 1U);
  EXPECT_EQ(error_of({.content_type = kBatch, .text = "{}"}), "not_an_array");
}

TEST(CloudEvent, IsPutTogetherFromHeaderFieldsAndJson) {
  EXPECT_EQ(
      event_of(binary("application/json; charset=utf-8", "{\"x\":\n[1,2]}",
                      {{"ce-time", "2026-11-24T13:35:56Z"}, {"ce-myext", "x%20%e2%82%ac%22"}})),
      boost::json::parse(
          R"({"specversion":"1.0","type":"a.b","source":"/here","id":"7",)"
          R"("time":"2026-11-24T13:35:56Z","myext":"x \u20ac\"",)"
          R"("datacontenttype":"application/json; charset=utf-8","data":{"x":[1,2]}})"));
}

TEST(CloudEvent, TakesTextAsAStringAndAnythingElseAsBase64) {
  EXPECT_EQ(event_of(binary("text/plain", "a\n\"b\"")).at("data").as_string(), "a\n\"b\"");
  EXPECT_EQ(event_of(binary("image/png", "\xFF\x01")).at("data_base64").as_string(), "/wE=");
  EXPECT_EQ(event_of(binary("text/plain", "\xFF\x01")).at("data_base64").as_string(), "/wE=");
  EXPECT_EQ(event_of(binary("application/vnd.x+json", "7")).at("data").as_int64(), 7);
}

TEST(CloudEvent, NeedsNoData) {
  const boost::json::value event = event_of(binary("", ""));
  EXPECT_FALSE(event.as_object().contains("data"));
  EXPECT_FALSE(event.as_object().contains("datacontenttype"));
}

TEST(CloudEvent, UnquotesAFieldThatIsAQuotedString) {
  EXPECT_EQ(event_of(binary("", "", {{"ce-x", R"("a \"b\" \\")"}})).at("x").as_string(),
            R"(a "b" \)");
}

TEST(CloudEvent, CannotBeGivenFieldsByItsData) {
  for (const char* data : {R"(1,"event_type":"evil")", R"(1}{"event_type":"evil")",
                           R"({}],"event_type":["x"])", "1}", ",", R"("a","b":1)"})
    EXPECT_EQ(error_of(binary("application/json", data)), "bad_data") << data;
  for (const char* data : {R"({"a":1)", "tru", "\"a", R"("\",)", "\"a\nb\"", " "})
    EXPECT_NE(error_of(binary("application/json", data)), "not one error") << data;
}

TEST(CloudEvent, RefusesFieldsThatAreNoAttributes) {
  for (const auto& [name, value] :
       std::vector<std::pair<std::string, std::string>>{{"ce-my_ext", "x"},
                                                        {"ce-", "x"},
                                                        {"ce-data", "x"},
                                                        {"ce-datacontenttype", "x"},
                                                        {"ce-id", "8"},
                                                        {"ce-x", "%"},
                                                        {"ce-x", "%4"},
                                                        {"ce-x", "%zz"},
                                                        {"ce-x", "\xFF"},
                                                        {"ce-x", "%ff"}})
    EXPECT_EQ(error_of(binary("", "", {{name, value}})), "bad_attribute") << name << ": " << value;
}

TEST(CloudEvent, RefusesControlCharactersAndNamesTheField) {
  for (const char* value :
       {"%00", "a%1fb", "%0A", "\t.", "%7F", "\x7F", "%c2%80", "\xC2\x9F", "\"%07\""}) {
    IntakeRig rig;
    const IngestResult result =
        rig.send(binary("", "", {{"ce-y", "fine"}, {"Ce-X", value}, {"ce-my_ext", "x"}}));
    EXPECT_EQ(result.status, 422);
    ASSERT_EQ(result.errors.size(), 1U) << value;
    EXPECT_EQ(result.errors[0].type, "bad_attribute");
    EXPECT_EQ(result.errors[0].message,
              "ce-x: an attribute of a CloudEvent must hold no control character, U+0000 to U+001F "
              "or U+007F to U+009F");
  }
  EXPECT_EQ(event_of(binary("", "", {{"ce-x", "%20~%C2%A0"}})).at("x").as_string(), " ~\u00A0");
}

TEST(CloudEvent, MustHaveItsAttributesInTheBinaryModeToo) {
  Body body = binary("application/json", "1");
  std::erase_if(body.fields, [](const auto& field) { return field.first == "ce-source"; });
  EXPECT_EQ(error_of(body), "missing_source");
}

TEST(CloudEvent, MayBeZippedInTheBinaryMode) {
  Body body = binary("application/json", testkit::gzip("[1]"));
  body.content_encoding = "gzip";
  EXPECT_EQ(event_of(body).at("data"), boost::json::parse("[1]"));
}

std::string attributes(const char* source, const char* id) {
  return std::string(R"({"specversion":"1.0","type":"a.b","source":")") + source + R"(","id":")" +
         id + R"("})";
}

TEST(CloudEvent, IsADuplicateOnlyOfOneWithTheSameSourceAndId) {
  IntakeRig rig;
  const auto counts = [&](const Body& body) {
    const IngestResult result = rig.send(body);
    return std::pair(result.accepted, result.duplicates);
  };
  const auto structured = [](const char* source) {
    return Body{.content_type = kStructured, .text = attributes(source, "7")};
  };
  const std::pair<std::uint64_t, std::uint64_t> is_new{1, 0};
  const std::pair<std::uint64_t, std::uint64_t> is_repeated{0, 1};
  EXPECT_EQ(counts(structured("/there")), is_new);
  EXPECT_EQ(counts(binary("text/plain", "x")), is_new);  // from /here
  EXPECT_EQ(counts(structured("/there")), is_repeated);
  EXPECT_EQ(counts(structured("\\u002fthere")), is_repeated);
  EXPECT_EQ(counts(structured("/here")), is_repeated);
  EXPECT_EQ(counts(binary("", "")), is_repeated);
  const Body batch{.content_type = kBatch,
                   .text = "[" + attributes("/here", "7") + "," + attributes("/third", "7") + "," +
                           attributes("/third", "8") + "," + attributes("/third", "7") + "]"};
  EXPECT_EQ(counts(batch), (std::pair<std::uint64_t, std::uint64_t>{2, 2}));
}

TEST(CloudEvent, SharesNoIdsWithOtherEvents) {
  IntakeRig rig;
  const Body own{.content_type = "application/json", .text = R"({"event_type":"a","event_id":"7",)"
                                                             R"("source":"/here"})"};
  EXPECT_EQ(rig.send(binary("", "")).accepted, 1U);
  EXPECT_EQ(rig.send(own).accepted, 1U);
  EXPECT_EQ(rig.send(own).duplicates, 1U);
}

TEST(CloudEvent, IsTooLargeWithTooMuchData) {
  IntakeRig rig{{.threads = 1, .limits = {.event_bytes = 1000}}};
  for (const std::size_t bytes : {900U, 999U, 1'001U, 100'000U}) {
    const IngestResult result = rig.send(binary("text/plain", std::string(bytes, 'x')));
    EXPECT_EQ(result.status, 413) << bytes;
  }
}

}  // namespace
}  // namespace sluice::ingest
