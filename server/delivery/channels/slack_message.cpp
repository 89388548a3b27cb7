// What a Slack channel says of an event.
#include <algorithm>
#include <boost/json.hpp>
#include <chrono>

#include "base/time.hpp"
#include "delivery/channels/event_summary.hpp"
#include "delivery/channels/slack_channel.hpp"
#include "domain/blocks_template.hpp"

namespace sluice::delivery {
namespace {

namespace json = boost::json;

constexpr std::size_t kMostSideBySide = 10;    // fields of a section, as Slack has it
constexpr std::size_t kMostFieldBytes = 200;   // that is still good to read there
constexpr std::size_t kMostListBytes = 2'500;  // a section holds 3,000 characters

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

std::string_view text_of(const json::object& summary, std::string_view name) {
  return summary.at(name).as_string();
}

/// At most so many bytes of what escaped() made, and "..." if that is not all.
std::string cut(const std::string& text, std::size_t bytes) {
  if (text.size() <= bytes) return text;
  std::string begin = shortened(text, bytes);
  begin.resize(begin.size() - 3);
  const std::size_t at = begin.find_last_of("&;");  // the last entity's, which may lack its end
  if (at != begin.npos && begin[at] == '&') begin.resize(at);
  return begin + "...";
}

/// verbatim: Slack makes no links of what looks like one.
json::object markup(std::string text) {
  return {{"type", "mrkdwn"}, {"text", std::move(text)}, {"verbatim", true}};
}

json::object section(std::string text) {
  return {{"type", "section"}, {"text", markup(std::move(text))}};
}

/// As readers' own clocks have it; where Slack cannot tell, as UTC.
std::string time_of(const json::object& summary) {
  const auto time = base::parse_iso8601(text_of(summary, "occurred_at"));
  if (!time) return escaped(text_of(summary, "time"));
  const auto seconds = std::chrono::floor<std::chrono::seconds>(*time).time_since_epoch().count();
  return "<!date^" + std::to_string(seconds) + "^{date_short_pretty}, {time_secs}|" +
         std::string{text_of(summary, "time")} + ">";
}

/// Metadata: short values side by side, anything else one below the other.
json::object details(const json::array& fields, std::string_view left_out) {
  const bool is_short =
      fields.size() <= kMostSideBySide && std::ranges::all_of(fields, [](const json::value& field) {
        return !field.at("name").as_string().empty() &&
               field.at("value").as_string().size() <= kMostFieldBytes;
      });
  if (is_short) {
    json::array columns;
    for (const json::value& field : fields)
      columns.push_back(markup("*" + escaped(field.at("name").as_string()) + "*\n" +
                               escaped(field.at("value").as_string())));
    return {{"type", "section"}, {"fields", std::move(columns)}};
  }
  std::string list;
  for (const json::value& field : fields) {
    const std::string name = escaped(field.at("name").as_string());
    list += (name.empty() ? name : "*" + name + "*: ") + escaped(field.at("value").as_string());
    list += '\n';
  }
  list = cut(list, kMostListBytes);
  if (!left_out.empty()) list.append("and ").append(left_out).append(" more");
  return section(std::move(list));
}

json::array default_blocks(const json::object& summary) {
  std::string line = "*" + escaped(text_of(summary, "event_type")) + "*";
  if (const auto subject = text_of(summary, "subject"); !subject.empty())
    line += "\n" + escaped(subject);
  json::array blocks{section(std::move(line))};
  const json::array& fields = summary.at("fields").as_array();
  if (!fields.empty()) blocks.push_back(details(fields, text_of(summary, "left_out")));
  std::string context = time_of(summary);
  if (const auto space = text_of(summary, "namespace_id"); !space.empty())
    context += "  |  " + escaped(space);
  context += "  |  " + escaped(text_of(summary, "event_id"));
  blocks.push_back(
      json::object{{"type", "context"}, {"elements", json::array{markup(std::move(context))}}});
  return blocks;
}

}  // namespace

json::object slack_message(const json::object& event, const json::object& configs,
                           std::string& problem) {
  const json::object summary = summary_of(event);
  std::string text{text_of(summary, "event_type")};
  if (const auto subject = text_of(summary, "subject"); !subject.empty())
    text.append(": ").append(subject);
  json::object message{{"text", escaped(text)}};
  const json::value* blocks = configs.if_contains("blocks_template");
  if (blocks == nullptr || blocks->is_null()) {
    message["blocks"] = default_blocks(summary);
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
