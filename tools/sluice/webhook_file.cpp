#include "webhook_file.hpp"

#include <boost/json.hpp>
#include <sstream>

#include "domain/channel.hpp"
#include "exit_code.hpp"
#include "input_file.hpp"

namespace sluice::tool {
namespace {

namespace json = boost::json;

WebhookEntry read_entry(std::string where, const std::string& text) {
  WebhookEntry entry{.where = std::move(where), .webhook = {}, .problem = {}};
  json::error_code error;
  entry.webhook = json::parse(text, error);
  if (error) entry.problem = "not JSON: " + error.message();
  return entry;
}

}  // namespace

std::vector<WebhookEntry> read_webhooks(const std::string& path) {
  const std::string text = read_whole(path);
  std::vector<WebhookEntry> entries;
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  if (first != text.npos && text[first] == '[') {
    const WebhookEntry all = read_entry(path, text);
    if (!all.problem.empty()) return {all};
    for (const json::value& webhook : all.webhook.as_array())
      entries.push_back({path + ": entry " + std::to_string(entries.size() + 1), webhook, {}});
    return entries;
  }
  std::istringstream lines(text);
  std::string line;
  for (std::size_t number = 1; std::getline(lines, line); ++number) {
    if (line.find_first_not_of(" \t\r") == line.npos) continue;
    entries.push_back(read_entry(path + ":" + std::to_string(number), line));
  }
  return entries;
}

json::value read_webhook_object(const std::string& path) {
  WebhookEntry entry = read_entry(path, read_whole(path));
  if (entry.problem.empty() && !entry.webhook.is_object())
    entry.problem = "expected a webhook object";
  if (!entry.problem.empty())
    throw Failure(ExitCode::bad_usage, entry.where + ": " + entry.problem);
  return std::move(entry.webhook);
}

std::string export_line(json::object webhook) {
  for (json::value& element : webhook.at("channels").as_array()) {
    json::object& channel = element.as_object();
    if (channel.at("channel").as_string() == domain::to_text(domain::ChannelKind::webhook))
      channel.at("configs").as_object().erase("secret");
  }
  return json::serialize(webhook) + "\n";
}

}  // namespace sluice::tool
