// What is refused, where, and with which help; and what stops a rendering that costs too much.
#include <gtest/gtest.h>

#include <array>
#include <boost/json/array.hpp>

#include "domain/template.hpp"

namespace sluice::domain {
namespace {

struct Case {
  std::string_view source;
  std::size_t line;
  std::size_t column;
  std::string_view message;  // a part of it
};

constexpr std::array kMistakes{
    Case{"{{ event_type", 1, 1, "'{{' is never closed by '}}'"},
    Case{"a\nb {% if x", 2, 3, "'{%' is never closed by '%}'"},
    Case{"{# comment", 1, 1, "'{#' is never closed"},
    Case{"{{ }}", 1, 4, "expected a field"},
    Case{"{{ a b }}", 1, 6, "expected '}}' or a filter"},
    Case{"{{ a | }}", 1, 8, "expected the name of a filter"},
    Case{"{{ a | uper }}", 1, 8, "unknown filter 'uper'; the filters are default, upper"},
    Case{"{{ a | default }}", 1, 16, "expected default("},
    Case{"{{ a | default(1 }}", 1, 18, "expected ')'"},
    Case{"{{ a | date }}", 1, 13, "expected date("},
    Case{"{{ a | date(x) }}", 1, 13, "expected a format such as"},
    Case{"{{ a | date('%Q') }}", 1, 13, "unknown conversion"},
    Case{"{{ a | date('%') }}", 1, 13, "unknown conversion"},
    Case{"{{ 'a }}", 1, 4, "the string is never closed"},
    Case{"{{ a ? b }}", 1, 6, "'?' means nothing"},
    Case{"caf\xC3\xA9 {{ \xC3\xA9 }}", 1, 9, "means nothing inside of a tag"},
    Case{"{{ a. }}", 1, 7, "expected a key after '.'"},
    Case{"{{ a[b] }}", 1, 6, "expected a number or a string in '[ ]'"},
    Case{"{{ a[1.5] }}", 1, 6, "expected a whole number"},
    Case{"{{ a[0 }}", 1, 8, "expected ']'"},
    Case{"{{ items() }}", 1, 9, "functions cannot be called"},
    Case{"{{ -a }}", 1, 5, "expected a number after '-'"},
    Case{"{{ (a }}", 1, 7, "expected ')'"},
    Case{"{{ a not b }}", 1, 10, "expected 'in' after 'not'"},
    Case{"{{ a is defined }}", 1, 6, "'is' is not known"},
    Case{"{{ and }}", 1, 4, "expected a field such as event_type before 'and'"},
    Case{"{% if a %}", 1, 1, "expected {% endif %}"},
    Case{"{% for a in b %}\n{% if a %}{% endif %}", 1, 1, "expected {% endfor %}"},
    Case{"{% if a %}{% endfor %}", 1, 21, "expected endif before 'endfor'"},
    Case{"{% if a %}{% else %}{% elif b %}{% endif %}", 1, 29, "expected endif before 'elif'"},
    Case{"{% for a in b %}{% else %}{% endfor %}", 1, 25, "expected endfor before 'else'"},
    Case{"{% endif %}", 1, 4, "'endif' closes nothing"},
    Case{"{% else %}", 1, 4, "'else' closes nothing"},
    Case{"{% for in b %}{% endfor %}", 1, 11, "expected 'in' and a list"},
    Case{"{% for a of b %}{% endfor %}", 1, 10, "expected 'in' and a list"},
    Case{"{% for a, b in c %}{% endfor %}", 1, 9, "expected 'in' and a list"},
    Case{"{% if a = 1 %}{% endif %}", 1, 9, "expected '%}' or an operator such as =="},
    Case{"{% set a = 1 %}", 1, 4, "unknown tag 'set'; the tags are if and for"},
    Case{"{% %}", 1, 4, "expected if or for"},
    Case{"{% if a %}{% endif b %}", 1, 20, "expected '%}'"},
};

TEST(TemplateError, SaysWhatIsWrongAndWhere) {
  for (const Case& each : kMistakes) {
    const auto compiled = Template::compile(each.source, Syntax::text);
    const auto* error = std::get_if<TemplateError>(&compiled);
    ASSERT_NE(error, nullptr) << each.source;
    EXPECT_NE(error->message.find(each.message), std::string::npos)
        << each.source << ": " << error->message;
    EXPECT_EQ(error->line, each.line) << each.source << ": " << error->message;
    EXPECT_EQ(error->column, each.column) << each.source << ": " << error->message;
  }
}

std::string repeated(std::string_view text, std::size_t times) {
  std::string result;
  for (std::size_t i = 0; i < times; ++i) result += text;
  return result;
}

bool compiles(const std::string& source) {
  const auto compiled = Template::compile(source, Syntax::text);
  return std::holds_alternative<Template>(compiled);
}

TEST(TemplateError, BoundsWhatIsNested) {
  EXPECT_TRUE(compiles(repeated("{% if a %}", 16) + repeated("{% endif %}", 16)));
  EXPECT_FALSE(compiles(repeated("{% if a %}", 17) + repeated("{% endif %}", 17)));
  EXPECT_TRUE(compiles("{{ " + repeated("(", 20) + "a" + repeated(")", 20) + " }}"));
  EXPECT_FALSE(compiles("{{ " + repeated("(", 21) + "a" + repeated(")", 21) + " }}"));
  EXPECT_FALSE(compiles("{{ " + repeated("not ", 21) + "a }}"));
  EXPECT_FALSE(compiles("{{ a" + repeated("|default(a", 21) + repeated(")", 21) + " }}"));
}

TEST(TemplateError, BoundsWhatIsLong) {
  EXPECT_TRUE(compiles("{{ a" + repeated("|upper", 199) + " }}"));
  EXPECT_FALSE(compiles("{{ a" + repeated("|upper", 200) + " }}"));
  EXPECT_FALSE(compiles("{{ a" + repeated(" and a", 200) + " }}"));
  EXPECT_FALSE(compiles("{{ a" + repeated(".b", 200) + " }}"));
  EXPECT_TRUE(compiles(std::string(kMaxTemplateBytes, 'x')));
  EXPECT_FALSE(compiles(std::string(kMaxTemplateBytes + 1, 'x')));
  EXPECT_TRUE(compiles(std::string(kMaxTemplateBytes, '{').replace(0, 2, "x{")) == false);
}

std::string failure(std::string_view source, const boost::json::object& event,
                    const TemplateLimits& limits = {}) {
  const auto compiled = Template::compile(source, Syntax::text);
  const auto rendered = std::get<Template>(compiled).render(event, Escape::none, limits);
  const auto* error = std::get_if<RenderError>(&rendered);
  return error ? error->message : "none";
}

boost::json::object event_with_list(std::size_t length) {
  return {{"list", boost::json::array(length, 1)}};
}

TEST(RenderError, StopsLoopsThatRunTooOften) {
  EXPECT_EQ(failure("{% for a in list %}{% endfor %}", event_with_list(10'000)), "none");
  EXPECT_EQ(failure("{% for a in list %}{% endfor %}", event_with_list(10'001)),
            "the template needs more than 10000 loop iterations");
  EXPECT_EQ(failure("{% for a in list %}{% for b in list %}{% endfor %}{% endfor %}",
                    event_with_list(200)),
            "the template needs more than 10000 loop iterations");
}

TEST(RenderError, StopsOutputThatGrowsTooLong) {
  const boost::json::object event{{"text", std::string(100, 'x')}};
  EXPECT_EQ(failure("{{ text }}", event, {.output_bytes = 100}), "none");
  EXPECT_EQ(failure("{{ text }}", event, {.output_bytes = 99}),
            "the template needs more than 99 bytes of output");
  EXPECT_EQ(failure("abc", event, {.output_bytes = 2}),
            "the template needs more than 2 bytes of output");
}

TEST(RenderError, StopsWorkThatShowsNothing) {
  boost::json::object event = event_with_list(10'000);
  event["text"] = std::string(200'000, 'x');
  EXPECT_EQ(failure("{% for a in list %}{% if text|upper == 'y' %}{% endif %}{% endfor %}", event),
            "the template needs more than 200000 steps");
  EXPECT_EQ(failure("{% for a in list %}{% if 2 in list %}{% endif %}{% endfor %}", event),
            "the template needs more than 200000 steps");
  EXPECT_EQ(failure("{% for a in list %}{% if list|tojson %}{% endif %}{% endfor %}", event),
            "the template needs more than 200000 steps");
}

}  // namespace
}  // namespace sluice::domain
