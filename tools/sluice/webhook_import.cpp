#include "webhook_import.hpp"

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <cstdio>
#include <string_view>

#include "exit_code.hpp"
#include "webhook_rehearsal.hpp"

namespace sluice::tool {
namespace {

namespace json = boost::json;

constexpr std::size_t kPage = 1000;
constexpr std::string_view kBase = "/v1/organizations/webhooks/";

// What a service sets by itself, so that a file need not agree with it.
constexpr std::array<std::string_view, 7> kServiceFields{
    "webhook_id",           "created_at",      "updated_at",     "last_error",
    "last_success_at",      "consecutive_failures", "disabled_reason"};

bool is_service_field(std::string_view name) {
  return std::ranges::find(kServiceFields, name) != kServiceFields.end();
}

std::string text_of(const json::object& object, std::string_view name) {
  const json::value* value = object.if_contains(name);
  return value != nullptr && value->is_string() ? std::string{value->get_string()} : std::string{};
}

}  // namespace

json::array all_webhooks(ServiceClient& client, const std::string& event_type) {
  json::array all;
  std::string cursor;
  do {
    json::object filter;
    if (!event_type.empty()) filter["event_type"] = event_type;
    const json::value page = client.expect(
        "POST",
        std::string{kBase} + "list?limit=" + std::to_string(kPage) +
            (cursor.empty() ? std::string{} : "&cursor=" + path_part(cursor)),
        filter);
    for (const json::value& webhook : page.at("results").as_array()) all.push_back(webhook);
    cursor = text_of(page.at("pagination").as_object(), "next_cursor");
  } while (!cursor.empty());
  return all;
}

bool is_contained(const json::value& wanted, const json::value& current) {
  if (wanted.is_object() && current.is_object()) {
    return std::ranges::all_of(wanted.get_object(), [&current](const auto& field) {
      const json::value* there = current.get_object().if_contains(field.key());
      return there != nullptr && is_contained(field.value(), *there);
    });
  }
  if (wanted.is_array() && current.is_array()) {
    return std::ranges::equal(wanted.get_array(), current.get_array(), is_contained);
  }
  return wanted == current;
}

WebhookImport::WebhookImport(ServiceClient& client, bool is_dry_run)
    : client_(client), is_dry_run_(is_dry_run) {
  for (json::value& webhook : all_webhooks(client)) {
    const std::string id = text_of(webhook.as_object(), "webhook_id");
    ids_by_name_.emplace(text_of(webhook.as_object(), "webhook_name"), id);
    by_id_.emplace(id, std::move(webhook.as_object()));
  }
}

const json::object* WebhookImport::find(const json::object& wanted) const {
  if (const auto found = by_id_.find(text_of(wanted, "webhook_id")); found != by_id_.end())
    return &found->second;
  const auto [first, last] = ids_by_name_.equal_range(text_of(wanted, "webhook_name"));
  if (first == last) return nullptr;
  if (std::next(first) != last)
    throw Failure(ExitCode::bad_usage, "several webhooks are named '" + first->first +
                                           "'; add the webhook_id of the one that is meant");
  return &by_id_.at(first->second);
}

ImportCounts WebhookImport::put_all(std::span<const WebhookEntry> entries) {
  counts_ = {.left = entries.size()};
  for (const WebhookEntry& entry : entries) {
    try {
      put(entry);
    } catch (const Failure& failure) {
      std::fprintf(stderr, "sluice: %s: %s\n", entry.where.c_str(), failure.what());
      if (failure.code() != ExitCode::bad_usage) return counts_;
      ++counts_.refused;
    }
    --counts_.left;
  }
  return counts_;
}

void WebhookImport::put(const WebhookEntry& entry) {
  if (!entry.problem.empty()) throw Failure(ExitCode::bad_usage, entry.problem);
  if (!entry.webhook.is_object()) throw Failure(ExitCode::bad_usage, "expected a webhook object");
  json::object wanted;
  for (const auto& field : entry.webhook.get_object()) {
    if (!is_service_field(field.key())) wanted.emplace(field.key(), field.value());
  }
  const json::object* current = find(entry.webhook.get_object());
  if (current != nullptr && is_contained(wanted, *current)) {
    ++counts_.unchanged;
    return;
  }
  if (is_dry_run_) {
    const json::array problems = rehearse(wanted, current);
    if (!problems.empty())
      throw Failure(ExitCode::bad_usage, "the service would answer 422" + problem_lines(problems));
  } else {
    send(wanted, current);
  }
  ++(current == nullptr ? counts_.created : counts_.updated);
}

void WebhookImport::send(const json::object& wanted, const json::object* current) {
  if (current == nullptr)
    client_.expect("POST", kBase, wanted);
  else
    client_.expect("PUT", std::string{kBase} + path_part(text_of(*current, "webhook_id")), wanted);
}

}  // namespace sluice::tool
