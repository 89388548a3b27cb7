// Any bytes as a template, filled from the same event each time: what compiles renders within its
// limits, always to the same, and nothing of the event breaks out of a hole.
#include <boost/json/parse.hpp>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "domain/blocks_template.hpp"
#include "domain/json_template.hpp"
#include "domain/template.hpp"
#include "domain/templates/renderer.hpp"
#include "fuzz/require.hpp"

namespace {

namespace json = boost::json;
using namespace sluice::domain;
using sluice::testkit::require;

constexpr TemplateLimits kLimits{.output_bytes = 10'000, .loop_iterations = 100, .steps = 10'000};

const json::object& event() {
  static const json::object kEvent =
      json::parse(R"({"a": "<b>&\"'\\\n\u0001", "n": 1.5, "i": -3, "t": true, "z": null,
                      "at": "2026-11-24T13:35:56Z", "l": ["<x>", "y", {"k": "v"}, [1, 2]],
                      "o": {"k": "</script>", "0": "zero", "e": {}}})")
          .as_object();
  return kEvent;
}

std::string render(const Template& text, Escape escape) {
  const auto rendered = text.render(event(), escape, kLimits);
  if (const auto* error = std::get_if<RenderError>(&rendered)) {
    require(!error->message.empty(), "an error says why");
    return {};
  }
  return std::get<std::string>(rendered);
}

void check_text(std::string_view source, Syntax syntax) {
  const auto compiled = Template::compile(source, syntax);
  if (const auto* error = std::get_if<TemplateError>(&compiled)) {
    require(!error->message.empty(), "an error says why");
    require(error->line >= 1 && error->column >= 1, "places are counted from 1");
    require(error->line + error->column <= source.size() + 2, "the place is in the source");
    return;
  }
  const Template& text = std::get<Template>(compiled);
  const bool is_hole = templates::sole_expression(text.program()) != nullptr;
  for (const Escape escape :
       {Escape::none, Escape::html, Escape::slack, Escape::json, Escape::slack_json}) {
    const std::string first = render(text, escape);
    require(first.size() <= kLimits.output_bytes, "output is bounded");
    require(first == render(text, escape), "the same event renders to the same");
    const bool is_plain = escape == Escape::none || escape == Escape::json;
    require(!is_hole || is_plain || first.find('<') == std::string::npos,
            "no markup comes out of a hole");
  }
}

void check_json(std::string_view source) {
  json::error_code error;
  const json::value document = json::parse(source, error);
  if (error) return;
  const auto compiled = JsonTemplate::compile(document, Syntax::jinja);
  if (const auto* whole = std::get_if<JsonTemplate>(&compiled)) {
    (void)whole->render(event(), Escape::slack, kLimits);
  } else {
    require(!std::get<std::vector<JsonTemplateError>>(compiled).empty(), "an error is listed");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view source{reinterpret_cast<const char*>(data), size};
  check_text(source, Syntax::text);
  check_text(source, Syntax::jinja);
  check_json(source);
  const auto blocks = BlocksTemplate::compile(json::value(source));
  if (const auto* good = std::get_if<BlocksTemplate>(&blocks)) {
    (void)good->render(event(), kLimits);
  }
  return 0;
}
