#include "deliveries_command.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <boost/json.hpp>
#include <cstdio>
#include <string_view>

namespace sluice::tool {
namespace {

namespace json = boost::json;

constexpr std::size_t kPage = 1000;

constexpr const char* kNotes = R"(Examples:
  export SLUICE_API_KEY=sk_...
  sluice deliveries list orders
  sluice deliveries list orders --status dead --since 2026-01-31T00:00:00Z --limit 1000 --json
  sluice deliveries get orders dlv_...
  sluice deliveries retry orders dlv_...

A delivery that failed is tried again by itself; one that is dead was given up and waits for `retry`.
The API's route `recover` takes a span of time: with `failed` it delivers again what was given up in it,
with `missed` what the webhook covers and was not given, because it was paused or did not exist.

)";

void print(const json::value& value) { std::puts(json::serialize(value).c_str()); }

/// One line: when, what came of it, which delivery, and why if it failed.
void print_line(const json::object& attempt) {
  const auto text = [&attempt](std::string_view name) { return attempt.at(name).as_string().c_str(); };
  std::printf("%s  %-9s  %s  %-7s  %s  %s  attempt %lld", text("at"), text("status"),
              text("delivery_id"), text("channel"), text("event_type"), text("event_id"),
              static_cast<long long>(attempt.at("attempt").as_int64()));
  if (const json::value& code = attempt.at("status_code"); code.is_int64())
    std::printf("  %lld", static_cast<long long>(code.get_int64()));
  // As JSON, since a receiver's words may hold anything.
  if (const json::value& error = attempt.at("error"); error.is_string())
    std::printf("  %s", json::serialize(error).c_str());
  std::putchar('\n');
}

}  // namespace

CLI::App* DeliveriesCommand::add_action(CLI::App& parent, Action action, const char* word,
                                        const char* sentence) {
  CLI::App* app = parent.add_subcommand(word, sentence);
  address.add_to(*app);
  app->add_option("webhook", webhook, "webhook_id, or a name that only one webhook has")
      ->required();
  if (action != Action::list)
    app->add_option("delivery", delivery_id, "delivery_id, as `list` shows it")->required();
  app->callback([this, action] { action_ = action; });
  return app;
}

CLI::App* DeliveriesCommand::add_to(CLI::App& app) {
  CLI::App* deliveries =
      app.add_subcommand("deliveries", "See what became of deliveries, and try them again");
  deliveries->require_subcommand(1);
  CLI::App* list = add_action(*deliveries, Action::list, "list", "List attempts, newest first");
  list->add_option("--status", status, "Only these: delivered, failed, dead or cancelled");
  list->add_option("--event-type", event_type, "Only events of exactly this type");
  list->add_option("--since", since, "Only at or after this time, as in 2026-01-31T12:00:00Z");
  list->add_option("--until", until, "Only before this time");
  list->add_option("--limit", limit, "At most so many (default 50)")
      ->check(CLI::Range(std::size_t{1}, std::size_t{1} << 40U))
      ->option_text("COUNT");
  list->add_flag("--json", is_json, "One JSON object a line");
  add_action(*deliveries, Action::get, "get", "Show one delivery with its attempts");
  add_action(*deliveries, Action::retry, "retry", "Try a delivery again, also a dead one");
  deliveries->footer(std::string(kNotes) + kExitCodes);
  return deliveries;
}

std::string DeliveriesCommand::base_path() const {
  return "/v1/organizations/webhooks/" + path_part(webhook) + "/deliveries";
}

std::string DeliveriesCommand::filter() const {
  std::string query;
  const auto add = [&query](const char* name, const std::string& value) {
    if (!value.empty()) query += std::string("&") + name + "=" + path_part(value);
  };
  add("status", status);
  add("event_type", event_type);
  add("since", since);
  add("until", until);
  return query;
}

ExitCode DeliveriesCommand::list(ServiceClient& client) const {
  std::size_t left = limit;
  std::string cursor;
  // A page may be short, even empty, and not be the last.
  do {
    const std::string query = "?limit=" + std::to_string(std::min(left, kPage)) + filter() +
                              (cursor.empty() ? cursor : "&cursor=" + path_part(cursor));
    const json::value page = client.expect("GET", base_path() + query);
    const json::array& attempts = page.at("results").as_array();
    for (const json::value& attempt : attempts) {
      if (is_json)
        print(attempt);
      else
        print_line(attempt.as_object());
    }
    left -= std::min(left, attempts.size());
    const json::value& next = page.at("next_cursor");
    cursor = next.is_string() ? std::string{next.get_string()} : std::string{};
  } while (left > 0 && !cursor.empty());
  return ExitCode::ok;
}

ExitCode DeliveriesCommand::run() const {
  ServiceClient client(address);
  switch (action_) {
    case Action::list:
      return list(client);
    case Action::get:
      print(client.expect("GET", base_path() + "/" + path_part(delivery_id)));
      return ExitCode::ok;
    case Action::retry:
      print(client.expect("POST", base_path() + "/" + path_part(delivery_id) + "/retry"));
      return ExitCode::ok;
  }
  return ExitCode::failed;
}

}  // namespace sluice::tool
