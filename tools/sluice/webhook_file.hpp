// Files of webhooks: what `sluice webhooks` reads from them, and what an export writes.
#pragma once

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <string>
#include <vector>

namespace sluice::tool {

/// One webhook of a file, or why it is none.
struct WebhookEntry {
  std::string where;  // file and line, for messages
  boost::json::value webhook;
  std::string problem;  // empty when there is a webhook
};

/// The webhooks of a file (- is standard input): one JSON array, or an object a line. What is not
/// JSON is an entry with its problem. Errors: Failure when the file cannot be read.
std::vector<WebhookEntry> read_webhooks(const std::string& path);

/// The one webhook of a file. Errors: Failure, also when it is no JSON object.
boost::json::value read_webhook_object(const std::string& path);

/// A webhook that a service showed, as a line of an export: without the masks of signing secrets,
/// which an update keeps by itself and a new webhook gets made. The other masks stay: an update that
/// lacks a header, token or Slack URL would lose it.
std::string export_line(boost::json::object webhook);

}  // namespace sluice::tool
