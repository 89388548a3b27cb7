// What templates mean, case by case: the first table is the language's reference.
#include "domain/template.hpp"

#include <gtest/gtest.h>

#include <array>
#include <boost/json/parse.hpp>
#include <span>

namespace sluice::domain {
namespace {

constexpr std::string_view kEvent = R"({
    "event_type": "object.created", "count": 3, "ratio": 1.5, "zero": 0, "big": 18446744073709551615,
    "muted": false, "urgent": true, "nothing": null, "empty": "", "markup": "<a href='x'>&\"</a>",
    "occurred_at": "2026-11-24T13:35:56.123456+01:00", "loop": "field",
    "metadata": {"name": "caf\u00e9", "tags": ["red", "blue"], "first-key": "dashed", "0": "zeroth",
                 "rows": [{"id": 1, "cells": ["a", "b"]}, {"id": 2, "cells": []}], "none": {}}})";

boost::json::object event() { return boost::json::parse(kEvent).as_object(); }

std::string render(std::string_view source, Escape escape = Escape::none,
                   Syntax syntax = Syntax::text) {
  const auto compiled = Template::compile(source, syntax);
  if (const auto* error = std::get_if<TemplateError>(&compiled)) {
    return "error: " + error->message;
  }
  const auto rendered = std::get<Template>(compiled).render(event(), escape);
  if (const auto* error = std::get_if<RenderError>(&rendered)) return "error: " + error->message;
  return std::get<std::string>(rendered);
}

struct Case {
  std::string_view source;
  std::string_view result;
};

void expect_all(std::span<const Case> cases) {
  for (const Case& each : cases) EXPECT_EQ(render(each.source), each.result) << each.source;
}

TEST(Template, FillsHolesWithPaths) {
  constexpr std::array kCases{
      Case{"", ""},
      Case{"no holes", "no holes"},
      Case{"{{ event_type }}", "object.created"},
      Case{"{{event_type}}!", "object.created!"},
      Case{"{{ metadata.tags[1] }} {{ metadata.tags.0 }}", "blue red"},
      Case{"{{ metadata.rows[0].cells[1] }} {{ metadata.rows.0.cells.1 }}", "b b"},
      Case{"{{ metadata[\"first-key\"] }} {{ metadata['name'] }}", "dashed caf\xC3\xA9"},
      Case{"{{ metadata.0 }}", "zeroth"},
      Case{"{{ count }} {{ ratio }} {{ urgent }} {{ big }}", "3 1.5 true 18446744073709551615"},
      Case{"{{ metadata.tags }} {{ metadata.none }}", R"(["red","blue"] {})"},
      Case{"{{ \"text\" }} {{ 'it\\'s' }} {{ 12 }} {{ -1.5 }} {{ true }}",
           "text it's 12 -1.5 true"},
      Case{"{{ \"{{\" }} and }} alone", "{{ and }} alone"},
  };
  expect_all(kCases);
}

TEST(Template, RendersNothingForWhatIsNotThere) {
  constexpr std::array kCases{
      Case{"[{{ missing }}{{ nothing }}{{ none }}]", "[]"},
      Case{"[{{ missing.deeper[3].still }}]", "[]"},
      Case{"[{{ event_type.name }}{{ metadata.tags[9] }}{{ metadata.tags.name }}]", "[]"},
      Case{"[{{ missing | upper | tojson }}]", "[]"},
  };
  expect_all(kCases);
}

TEST(Template, KnowsTheShortForm) {
  constexpr std::array kCases{
      Case{"{event_type}: {metadata.name}", "object.created: caf\xC3\xA9"},
      Case{"{metadata.tags.1}", "blue"},
      Case{"{missing}", ""},
      Case{"p { margin: 0 } {a b} {} {1} {.a} {a.} {a..b} { event_type }",
           "p { margin: 0 } {a b} {} {1} {.a} {a.} {a..b} { event_type }"},
      Case{"{event_type", "{event_type"},
      Case{"{\"key\": \"{event_type}\"}", "{\"key\": \"object.created\"}"},
  };
  expect_all(kCases);
  EXPECT_EQ(render("{event_type}", Escape::none, Syntax::jinja), "{event_type}");
}

TEST(Template, AppliesFilters) {
  constexpr std::array kCases{
      Case{"{{ event_type | upper }} {{ \"ABC\"|lower }}", "OBJECT.CREATED abc"},
      Case{"{{ metadata.name | upper }}", "CAF\xC3\xA9"},
      Case{"{{ missing | default(\"x\") }} {{ count | default(\"x\") }}", "x 3"},
      Case{"[{{ nothing | default('x') }}] [{{ nothing | default('x', true) }}]", "[] [x]"},
      Case{"[{{ empty | default('x') }}] [{{ empty | default('x', true) }}]", "[] [x]"},
      Case{"{{ missing | default(other) | default(event_type) }}", "object.created"},
      Case{"{{ missing | default('a') | upper }}", "A"},
      Case{"{{ metadata.tags | tojson }} {{ event_type | tojson }} {{ ratio | tojson }}",
           R"(["red","blue"] "object.created" 1.5)"},
      Case{"{{ \"<&'>\" | tojson }}", R"("\u003c\u0026\u0027\u003e")"},
      Case{"{{ occurred_at | date(\"%Y-%m-%d %H:%M:%S.%f %Z\") }}",
           "2026-11-24 12:35:56.123456 UTC"},
      Case{"{{ occurred_at | date('%a %d %b %y, day %j, %I %p, %F %T %z %%') }}",
           "Tue 24 Nov 26, day 328, 12 PM, 2026-11-24 12:35:56 +0000 %"},
      Case{"{{ 0 | date('%F %s') }} {{ 1.5 | date('%T.%f') }}", "1970-01-01 0 00:00:01.500000"},
      Case{"{{ event_type | date('%F') }} {{ 1e | date('%F') }}",
           "error: expected '}}' or a filter such as | upper"},
      Case{"{{ event_type | date('%F') }}", "object.created"},
      Case{"{{ 99999999999999 | date('%F') }}", "99999999999999"},
  };
  expect_all(kCases);
}

TEST(Template, DecidesWithIf) {
  constexpr std::array kCases{
      Case{"{% if urgent %}yes{% endif %}", "yes"},
      Case{"{% if muted %}a{% elif zero %}b{% elif empty %}c{% else %}d{% endif %}", "d"},
      Case{"{% if event_type == \"object.created\" and not muted %}yes{% endif %}", "yes"},
      Case{"{% if missing %}a{% endif %}{% if not missing %}b{% endif %}", "b"},
      Case{"{% if metadata.none or metadata.tags %}yes{% endif %}", "yes"},
      Case{"{% if count > 2 and count >= 3 and count < 4 and count <= 3 %}yes{% endif %}", "yes"},
      Case{"{% if count == 3.0 and ratio != 1 %}yes{% endif %}", "yes"},
      Case{"{% if 'a' < 'b' and not 'b' < 'a' and not 1 < 'b' %}yes{% endif %}", "yes"},
      Case{"{% if 'red' in metadata.tags and 'green' not in metadata.tags %}yes{% endif %}", "yes"},
      Case{"{% if 'created' in event_type and 'name' in metadata %}yes{% endif %}", "yes"},
      Case{"{% if nothing == none and missing == none and zero != none %}yes{% endif %}", "yes"},
      Case{"{% if true == urgent and 1 != urgent %}yes{% endif %}", "yes"},
      Case{"{% if not (muted or zero) %}yes{% endif %}", "yes"},
      Case{"{% if urgent or missing and missing %}yes{% endif %}", "yes"},
      Case{"{% if metadata.none == metadata.none %}a{% else %}b{% endif %}", "b"},
      Case{"{% if big > 1 %}yes{% endif %}", "yes"},
      Case{"{{ missing or event_type }} {{ urgent and count }}", "object.created 3"},
  };
  expect_all(kCases);
}

TEST(Template, RepeatsWithFor) {
  constexpr std::array kCases{
      Case{"{% for tag in metadata.tags %}<{{ tag }}>{% endfor %}", "<red><blue>"},
      Case{"{% for tag in metadata.tags %}{{ loop.index }}/{{ loop.length }}{{ tag }}"
           "{% if not loop.last %}, {% endif %}{% endfor %}",
           "1/2red, 2/2blue"},
      Case{"{% for t in metadata.tags %}{{ loop.index0 }}{{ loop.first }} {% endfor %}{{ loop }}",
           "0true 1false field"},
      Case{"{% for r in metadata.rows %}{{ r.id }}:{% for c in r.cells %}{{ c }}{{ r.id }}"
           "{% endfor %};{% endfor %}",
           "1:a1b1;2:;"},
      Case{"{% for key in metadata.rows[0] %}{{ key }} {% endfor %}", "id cells "},
      Case{"{% for x in missing %}a{% endfor %}{% for x in count %}b{% endfor %}", ""},
      Case{"{% for event_type in metadata.tags %}{{ event_type }}{% endfor %}{{ event_type }}",
           "redblueobject.created"},
  };
  expect_all(kCases);
}

TEST(Template, TakesCommentsAndBlanksAway) {
  constexpr std::array kCases{
      Case{"a{# {{ not a hole #}b", "ab"},
      Case{"a \n {{- count -}} \n b", "a3b"},
      Case{"a {%- if urgent -%} x {%- endif -%} b", "axb"},
      Case{"a {#- c -#} b", "ab"},
      Case{"a {{- '' }} b", "a b"},
      Case{"{{ count -}}  { } x", "3{ } x"},
  };
  expect_all(kCases);
}

TEST(Template, EscapesForItsSurroundings) {
  constexpr std::string_view kHole = "{{ markup }}";
  EXPECT_EQ(render(kHole, Escape::none), "<a href='x'>&\"</a>");
  EXPECT_EQ(render(kHole, Escape::html), "&lt;a href=&#39;x&#39;&gt;&amp;&quot;&lt;/a&gt;");
  EXPECT_EQ(render(kHole, Escape::slack), "&lt;a href='x'&gt;&amp;\"&lt;/a&gt;");
  EXPECT_EQ(render(kHole, Escape::json), "<a href='x'>&\\\"</a>");
  EXPECT_EQ(render(kHole, Escape::slack_json), "&lt;a href='x'&gt;&amp;\\\"&lt;/a&gt;");
  EXPECT_EQ(render("{{ '\\n\\t\\\\' }}", Escape::json), "\\u000a\\u0009\\\\");
  EXPECT_EQ(render("<b>{{ count }}</b>", Escape::html), "<b>3</b>");  // its own text stays
}

TEST(Template, DoesNotEscapeWhatTojsonMadeSafe) {
  for (const Escape escape : {Escape::html, Escape::slack, Escape::json, Escape::slack_json}) {
    EXPECT_EQ(render("{{ '\"<' | tojson }}", escape), R"("\"\u003c")");
  }
  EXPECT_EQ(render("{{ '<' | tojson | lower }}", Escape::html), "&quot;\\u003c&quot;");
}

}  // namespace
}  // namespace sluice::domain
