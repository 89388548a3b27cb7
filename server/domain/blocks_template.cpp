#include "domain/blocks_template.hpp"

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <string>

namespace sluice::domain {
namespace {

using Errors = std::vector<JsonTemplateError>;
using Rendered = std::variant<boost::json::value, RenderError>;

Errors not_blocks() {
  return {{{}, {"expected JSON: an array of Slack blocks, or an object with blocks"}}};
}

bool holds_blocks(const boost::json::value& document) {
  const boost::json::object* object = document.if_object();
  return document.is_array() || (object != nullptr && object->contains("blocks"));
}

/// Whether text that is no JSON yet may become an array or an object.
bool may_become_blocks(std::string_view text) {
  const std::size_t start = text.find_first_not_of(" \t\r\n");
  return start != std::string_view::npos && (text[start] == '[' || text[start] == '{');
}

Rendered render_text(const Template& text, const boost::json::object& event,
                     const TemplateLimits& limits) {
  auto rendered = text.render(event, Escape::slack_json, limits);
  if (auto* error = std::get_if<RenderError>(&rendered)) return std::move(*error);
  boost::json::error_code error;
  boost::json::value document = boost::json::parse(std::get<std::string>(rendered), error);
  if (error) return RenderError{"blocks_template did not become JSON: " + error.message()};
  return document;
}

}  // namespace

std::variant<BlocksTemplate, Errors> BlocksTemplate::compile(const boost::json::value& source) {
  const boost::json::string* const text = source.if_string();
  boost::json::error_code error;
  const boost::json::value document = text ? boost::json::parse(*text, error) : source;
  if (!error) {
    if (!holds_blocks(document)) return not_blocks();
    auto compiled = JsonTemplate::compile(document, Syntax::text);
    if (auto* errors = std::get_if<Errors>(&compiled)) return std::move(*errors);
    return BlocksTemplate{std::get<JsonTemplate>(std::move(compiled))};
  }
  if (!may_become_blocks(*text)) return not_blocks();
  auto compiled = Template::compile(*text, Syntax::text);
  if (auto* problem = std::get_if<TemplateError>(&compiled)) return Errors{{{}, *problem}};
  return BlocksTemplate{std::get<Template>(std::move(compiled))};
}

std::variant<boost::json::array, RenderError> BlocksTemplate::render(
    const boost::json::object& event, const TemplateLimits& limits) const {
  const auto* json = std::get_if<JsonTemplate>(&form_);
  Rendered rendered = json ? json->render(event, Escape::slack, limits)
                           : render_text(std::get<Template>(form_), event, limits);
  if (auto* error = std::get_if<RenderError>(&rendered)) return std::move(*error);
  boost::json::value& document = std::get<boost::json::value>(rendered);
  if (boost::json::object* object = document.if_object()) {
    document = boost::json::value((*object)["blocks"]);
  }
  boost::json::array* blocks = document.if_array();
  if (blocks == nullptr) return RenderError{"blocks_template did not become an array of blocks"};
  if (blocks->size() > kMaxBlocks) {
    return RenderError{"blocks_template became more than 50 blocks, Slack's limit"};
  }
  return std::move(*blocks);
}

}  // namespace sluice::domain
