#include "webhooks_command.hpp"

#include <CLI/CLI.hpp>
#include <boost/json.hpp>
#include <cstdio>
#include <fstream>
#include <iostream>

#include "webhook_file.hpp"
#include "webhook_import.hpp"

namespace sluice::tool {
namespace {

namespace json = boost::json;

constexpr const char* kBase = "/v1/organizations/webhooks/";

constexpr const char* kNotes = R"(Examples:
  export SLUICE_API_KEY=sk_...
  sluice webhooks create --name audit --event-type 'object.**' --url https://example.com/hook
  sluice webhooks list
  sluice webhooks export --file webhooks.ndjson
  sluice webhooks import webhooks.ndjson

An export has no signing secrets: a webhook that is there keeps its own, a new one gets one made; the
API's route secret/rotate makes another and shows it. Slack URLs, bot tokens and headers that hold
credentials are exported as masks (****), which stand for what is stored: the same service takes them
back, another refuses the webhook and says where, until the file says the values.

An import finds a webhook again by its webhook_id, or else by its name, and leaves alone what is as the
file says, so it can be repeated. What is refused is reported, with exit status 2, and the rest goes on.
A dry run refuses what the service would, but for what its settings decide: which addresses it may
reach, and whether it takes only the event types of its catalogue.

)";

void print(const json::value& value) {
  std::puts(json::serialize(value).c_str());
}

std::string event_types_text(const json::object& webhook) {
  std::string text;
  for (const json::value& type : webhook.at("event_types").as_array()) {
    if (!text.empty()) text += ",";
    text += type.as_string();
  }
  return text;
}

}  // namespace

void WebhooksCommand::add_action(CLI::App& parent, Action action, const char* word,
                                 const char* sentence) {
  CLI::App* app = parent.add_subcommand(word, sentence);
  address.add_to(*app);
  const bool takes_one =
      action == Action::get || action == Action::update || action == Action::erase;
  if (takes_one)
    app->add_option("webhook", identifier, "webhook_id, or a name that only one webhook has")
        ->required();
  if (action == Action::list) {
    app->add_option("--event-type", event_type, "Only webhooks that list this name or pattern");
    app->add_flag("--json", is_json, "One JSON object a line");
  }
  if (action == Action::create) {
    app->add_option("--name", name, "webhook_name");
    app->add_option("--event-type", event_types, "Event name or pattern; may be repeated");
    app->add_option("--url", url, "Where an HTTP channel delivers to");
  }
  if (action == Action::create || action == Action::update)
    app->add_option("--file", path, "The webhook as a JSON object (- is standard input)");
  if (action == Action::update) app->get_option("--file")->required();
  if (action == Action::export_all)
    app->add_option("--file", path, "Where to write (default standard output)");
  if (action == Action::import) {
    app->add_option("file", path, "Webhooks, an object a line or one array (- is standard input)")
        ->required();
    app->add_flag("--dry-run", is_dry_run, "Say what would change and what would be refused; change nothing");
  }
  app->callback([this, action] { action_ = action; });
}

CLI::App* WebhooksCommand::add_to(CLI::App& app) {
  CLI::App* webhooks = app.add_subcommand("webhooks", "Manage webhooks of a running service");
  webhooks->require_subcommand(1);
  add_action(*webhooks, Action::list, "list", "List webhooks");
  add_action(*webhooks, Action::get, "get", "Show one webhook");
  add_action(*webhooks, Action::create, "create", "Create a webhook");
  add_action(*webhooks, Action::update, "update", "Replace a webhook by what a file says");
  add_action(*webhooks, Action::erase, "delete", "Delete a webhook and cancel what it is owed");
  add_action(*webhooks, Action::export_all, "export", "Write every webhook, an object a line");
  add_action(*webhooks, Action::import, "import", "Bring webhooks to what a file says");
  webhooks->footer(std::string(kNotes) + kExitCodes);
  return webhooks;
}

ExitCode WebhooksCommand::list(ServiceClient& client) const {
  for (const json::value& webhook : all_webhooks(client, event_type)) {
    if (is_json) {
      print(webhook);
      continue;
    }
    const json::object& fields = webhook.as_object();
    std::printf("%s  %-8s  %s  [%s]\n", fields.at("webhook_id").as_string().c_str(),
                fields.at("is_active").as_bool() ? "active" : "paused",
                fields.at("webhook_name").as_string().c_str(), event_types_text(fields).c_str());
  }
  return ExitCode::ok;
}

ExitCode WebhooksCommand::create(ServiceClient& client) const {
  json::value webhook = path.empty() ? json::object{} : read_webhook_object(path);
  json::object& fields = webhook.get_object();
  if (!name.empty()) fields["webhook_name"] = name;
  if (!event_types.empty()) fields["event_types"] = json::value_from(event_types);
  if (!url.empty())
    fields["channels"] = json::array{{{"channel", "webhook"}, {"configs", {{"url", url}}}}};
  print(client.expect("POST", kBase, webhook));
  return ExitCode::ok;
}

ExitCode WebhooksCommand::update(ServiceClient& client) const {
  print(client.expect("PUT", kBase + path_part(identifier), read_webhook_object(path)));
  return ExitCode::ok;
}

ExitCode WebhooksCommand::export_all(ServiceClient& client) const {
  std::string text;
  for (const json::value& webhook : all_webhooks(client)) text += export_line(webhook.as_object());
  if (path.empty() || path == "-") {
    std::cout << text << std::flush;
    return std::cout ? ExitCode::ok : ExitCode::failed;
  }
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file << text << std::flush;
  if (!file) throw Failure(ExitCode::failed, path + ": cannot be written");
  return ExitCode::ok;
}

ExitCode WebhooksCommand::import(ServiceClient& client) const {
  const std::vector<WebhookEntry> entries = read_webhooks(path);
  WebhookImport import(client, is_dry_run);
  const ImportCounts counts = import.put_all(entries);
  std::printf("%s%zu created, %zu updated, %zu unchanged", is_dry_run ? "would be: " : "",
              counts.created, counts.updated, counts.unchanged);
  if (counts.refused != 0) std::printf(", %zu refused", counts.refused);
  if (counts.left != 0) std::printf(", %zu not tried", counts.left);
  std::putchar('\n');
  if (is_dry_run) {
    std::fputs("Not checked: which addresses the service may reach, and its catalogue if closed.\n",
               stderr);
  }
  if (counts.left != 0) return ExitCode::failed;
  return counts.refused == 0 ? ExitCode::ok : ExitCode::bad_usage;
}

ExitCode WebhooksCommand::run() const {
  ServiceClient client(address);
  switch (action_) {
    case Action::list:
      return list(client);
    case Action::get:
      print(client.expect("GET", kBase + path_part(identifier)));
      return ExitCode::ok;
    case Action::create:
      return create(client);
    case Action::update:
      return update(client);
    case Action::erase:
      client.expect("DELETE", kBase + path_part(identifier));
      return ExitCode::ok;
    case Action::export_all:
      return export_all(client);
    case Action::import:
      return import(client);
  }
  return ExitCode::failed;
}

}  // namespace sluice::tool
