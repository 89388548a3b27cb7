// Strings of a JSON document are templates; one that is a single hole keeps its value's type.
#include "domain/json_template.hpp"

#include <gtest/gtest.h>

#include <array>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "domain/blocks_template.hpp"

namespace sluice::domain {
namespace {

boost::json::object event() {
  return boost::json::parse(R"({"event_type": "a.b", "count": 3, "ratio": 1.5, "nothing": null,
      "markup": "<!channel> & \"all\"",
      "metadata": {"tags": ["<x>", "y"], "count": 7, "urgent": true}})")
      .as_object();
}

std::string render(std::string_view source, Escape escape = Escape::none) {
  const auto compiled = JsonTemplate::compile(boost::json::parse(source), Syntax::jinja);
  if (!std::holds_alternative<JsonTemplate>(compiled)) return "does not compile";
  const auto rendered = std::get<JsonTemplate>(compiled).render(event(), escape);
  if (const auto* error = std::get_if<RenderError>(&rendered)) return error->message;
  return boost::json::serialize(std::get<boost::json::value>(rendered));
}

struct Case {
  std::string_view source;
  std::string_view result;
};

TEST(JsonTemplate, FillsStringsAndKeepsTypes) {
  constexpr std::array kCases{
      Case{R"({"a": 1, "b": [true, null, "text"], "c": {}})",
           R"({"a":1,"b":[true,null,"text"],"c":{}})"},
      Case{R"({"type": "{{ event_type }}"})", R"({"type":"a.b"})"},
      Case{R"({"n": "{{ count }}", "text": "{{ count }}!"})", R"({"n":3,"text":"3!"})"},
      Case{R"({"all": "{{ metadata }}"})",
           R"({"all":{"tags":["<x>","y"],"count":7,"urgent":true}})"},
      Case{R"({"t": "{{ metadata.tags }}", "u": "{{ metadata.urgent }}"})",
           R"({"t":["<x>","y"],"u":true})"},
      Case{R"({"n": "{{ nothing }}", "m": "{{ missing }}", "t": "[{{ missing }}]"})",
           R"({"n":null,"m":null,"t":"[]"})"},
      Case{R"({"n": "{{ missing | default(0) }}"})", R"({"n":0})"},
      Case{R"({"j": "{{ metadata.tags | tojson }}"})", R"({"j":"[\"\\u003cx\\u003e\",\"y\"]"})"},
      Case{R"({"l": ["{% if count > 2 %}many{% endif %}"]})", R"({"l":["many"]})"},
      Case{R"({"{{ event_type }}": "{event_type}"})", R"({"{{ event_type }}":"{event_type}"})"},
      Case{R"({"quoted": "{{ markup }}"})", R"({"quoted":"<!channel> & \"all\""})"},
  };
  for (const Case& each : kCases) EXPECT_EQ(render(each.source), each.result) << each.source;
}

TEST(JsonTemplate, EscapesEveryStringOfTheEvent) {
  EXPECT_EQ(render(R"({"a": "{{ markup }}", "b": "<{{ markup }}>", "c": "{{ metadata.tags }}"})",
                   Escape::slack),
            R"({"a":"&lt;!channel&gt; &amp; \"all\"","b":"<&lt;!channel&gt; &amp; \"all\">",)"
            R"("c":["&lt;x&gt;","y"]})");
}

TEST(JsonTemplate, ReportsEveryStringThatIsNone) {
  const auto compiled = JsonTemplate::compile(
      boost::json::parse(
          R"({"good": "{{ a }}", "bad": ["x", "{{ a"], "worse": {"x": "\n{% y %}"}})"),
      Syntax::jinja);
  const auto* errors = std::get_if<std::vector<JsonTemplateError>>(&compiled);
  ASSERT_NE(errors, nullptr);
  ASSERT_EQ(errors->size(), 2U);
  EXPECT_EQ((*errors)[0].location, (std::vector<LocationStep>{"bad", std::size_t{1}}));
  EXPECT_EQ((*errors)[1].location, (std::vector<LocationStep>{"worse", "x"}));
  EXPECT_EQ((*errors)[1].error.line, 2U);
}

TEST(JsonTemplate, IsNestedSoDeepAndNoDeeper) {
  const auto compiles = [](std::size_t levels) {
    boost::json::value document = "{{ a }}";
    for (std::size_t i = 0; i < levels; ++i) document = boost::json::array{document};
    return std::holds_alternative<JsonTemplate>(JsonTemplate::compile(document, Syntax::jinja));
  };
  EXPECT_TRUE(compiles(kMaxJsonTemplateDepth));
  EXPECT_FALSE(compiles(kMaxJsonTemplateDepth + 1));
}

TEST(JsonTemplate, SharesOneBudgetAmongItsStrings) {
  boost::json::array holes(100, boost::json::value("{{ metadata }}"));
  const auto compiled = JsonTemplate::compile(holes, Syntax::jinja);
  const TemplateLimits limits{.output_bytes = 5'000};
  const auto rendered = std::get<JsonTemplate>(compiled).render(event(), Escape::none, limits);
  ASSERT_TRUE(std::holds_alternative<RenderError>(rendered));
  EXPECT_EQ(std::get<RenderError>(rendered).message,
            "the template needs more than 5000 bytes of output");
}

std::string blocks(const boost::json::value& source) {
  const auto compiled = BlocksTemplate::compile(source);
  if (const auto* errors = std::get_if<std::vector<JsonTemplateError>>(&compiled)) {
    return errors->front().error.message;
  }
  const auto rendered = std::get<BlocksTemplate>(compiled).render(event());
  if (const auto* error = std::get_if<RenderError>(&rendered)) return error->message;
  return boost::json::serialize(std::get<boost::json::array>(rendered));
}

TEST(BlocksTemplate, IsJsonOrTextThatBecomesJson) {
  constexpr std::string_view kExpected = R"([{"t":"&lt;!channel&gt; &amp; \"all\" a.b"}])";
  constexpr std::string_view kBlocks = R"([{"t": "{{ markup }} {event_type}"}])";
  EXPECT_EQ(blocks(boost::json::parse(kBlocks)), kExpected);
  EXPECT_EQ(blocks(boost::json::value(kBlocks)), kExpected);
  EXPECT_EQ(blocks(boost::json::value{{"blocks", boost::json::parse(kBlocks)}}), kExpected);
  EXPECT_EQ(blocks(R"([{% if count %}{"t": "{{ markup }} {event_type}"}{% endif %}])"), kExpected);
}

TEST(BlocksTemplate, SaysWhenItIsNone) {
  EXPECT_EQ(blocks("hello"), "expected JSON: an array of Slack blocks, or an object with blocks");
  EXPECT_EQ(blocks(3), "expected JSON: an array of Slack blocks, or an object with blocks");
  EXPECT_EQ(blocks("{\"a\": 1}"),
            "expected JSON: an array of Slack blocks, or an object with blocks");
  EXPECT_NE(blocks("[{% x %}]").find("unknown tag 'x'"), std::string::npos);
  EXPECT_NE(blocks("[{{ count }}").find("did not become JSON"), std::string::npos);
  EXPECT_EQ(blocks("{{ count }}"), "blocks_template did not become an array of blocks");
  EXPECT_EQ(blocks(boost::json::array(51, 1)),
            "blocks_template became more than 50 blocks, Slack's limit");
}

}  // namespace
}  // namespace sluice::domain
