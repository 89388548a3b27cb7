// What a Slack channel says of an event.
#include <boost/json.hpp>

#include "delivery/channels/slack_channel.hpp"
#include "domain/blocks_template.hpp"

namespace sluice::delivery {
namespace {

namespace json = boost::json;

constexpr std::size_t kMostMetadataBytes = 2'500;  // a section holds 3,000 characters

/// Slack's markup takes & < > for its own.
std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '&') {
      out += "&amp;";
    } else if (c == '<') {
      out += "&lt;";
    } else if (c == '>') {
      out += "&gt;";
    } else {
      out += c;
    }
  }
  return out;
}

std::string text_of(const json::object& event, std::string_view name) {
  const json::value* value = event.if_contains(name);
  if (value == nullptr || value->is_null()) return "";
  return value->is_string() ? std::string{value->get_string()} : json::serialize(*value);
}

std::string subject_of(const json::object& event) {
  const json::value* subject = event.if_contains("subject");
  if (subject == nullptr || !subject->is_object()) return text_of(event, "subject");
  const std::string type = text_of(subject->get_object(), "type");
  const std::string id = text_of(subject->get_object(), "id");
  return type.empty() || id.empty() ? type + id : type + " " + id;
}

/// At most `limit` bytes, cut between characters.
std::string shortened(std::string text, std::size_t limit) {
  if (text.size() <= limit) return text;
  while (limit > 0 && (static_cast<unsigned char>(text[limit]) & 0xC0U) == 0x80U) --limit;
  text.resize(limit);
  return text + "...";
}

json::object section(std::string markup) {
  return {{"type", "section"}, {"text", {{"type", "mrkdwn"}, {"text", std::move(markup)}}}};
}

json::array default_blocks(const json::object& event) {
  const std::string subject = subject_of(event);
  std::string line = "*" + escaped(text_of(event, "event_type")) + "*";
  if (!subject.empty()) line += "\n" + escaped(shortened(subject, 300));
  json::array blocks{section(std::move(line))};
  const json::value* metadata = event.if_contains("metadata");
  if (metadata != nullptr && !metadata->is_null()) {
    const std::string text = shortened(json::serialize(*metadata), kMostMetadataBytes);
    blocks.push_back(section("```" + escaped(text) + "```"));
  }
  const std::string context = escaped(text_of(event, "occurred_at")) + "  |  " +
                              escaped(text_of(event, "event_id"));
  blocks.push_back(json::object{
      {"type", "context"},
      {"elements", json::array{json::object{{"type", "mrkdwn"}, {"text", context}}}}});
  return blocks;
}

}  // namespace

json::object slack_message(const json::object& event, const json::object& configs,
                           std::string& problem) {
  const std::string subject = subject_of(event);
  std::string text = text_of(event, "event_type");
  if (!subject.empty()) text += ": " + shortened(subject, 300);
  json::object message{{"text", escaped(text)}};
  const json::value* blocks = configs.if_contains("blocks_template");
  if (blocks == nullptr || blocks->is_null()) {
    message["blocks"] = default_blocks(event);
  } else {
    const auto compiled = domain::BlocksTemplate::compile(*blocks);
    const auto* ready = std::get_if<domain::BlocksTemplate>(&compiled);
    auto rendered = ready != nullptr
                        ? ready->render(event)
                        : std::variant<json::array, domain::RenderError>(
                              domain::RenderError{"it does not compile any more"});
    if (const auto* error = std::get_if<domain::RenderError>(&rendered)) {
      problem = "blocks_template: " + error->message;
    } else {
      message["blocks"] = std::move(std::get<json::array>(rendered));
    }
  }
  for (const std::string_view name : {"channel", "username", "icon_emoji", "icon_url"}) {
    const json::value* value = configs.if_contains(name);
    if (value != nullptr && value->is_string()) message[name] = *value;
  }
  return message;
}

}  // namespace sluice::delivery
