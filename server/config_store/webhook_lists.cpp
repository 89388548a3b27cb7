#include "config_store/connections.hpp"
#include "config_store/page_cursor.hpp"
#include "config_store/webhook_rows.hpp"
#include "config_store/webhooks.hpp"

namespace sluice::store {
namespace {

std::string list_name(std::uint32_t organisation) {
  return "webhooks of " + std::to_string(organisation);
}

/// Numbers of the webhooks of a page and of one more, if there is one. For each filter an index that
/// holds nothing else: none passes over what is not wanted.
std::vector<std::uint32_t> find_numbers(Database& database, std::uint32_t organisation,
                                        const WebhookFilter& filter,
                                        const WebhookPageRequest& request, std::int64_t below) {
#define SLUICE_PAGE(number) \
  " AND " number " < ?4 ORDER BY " number " DESC LIMIT ?5 OFFSET ?6"
  constexpr std::string_view kAll =
      "SELECT number FROM webhooks INDEXED BY webhooks_by_organisation WHERE organisation = ?1"
      " AND ?2 IS NULL AND ?3 IS NULL" SLUICE_PAGE("number");
  constexpr std::string_view kByActivity =
      "SELECT number FROM webhooks INDEXED BY webhooks_by_activity WHERE organisation = ?1"
      " AND is_active = ?2 AND ?3 IS NULL" SLUICE_PAGE("number");
  constexpr std::string_view kByType =
      "SELECT webhook FROM webhook_event_types WHERE organisation = ?1 AND ?2 IS NULL"
      " AND event_type = ?3" SLUICE_PAGE("webhook");
  constexpr std::string_view kByBoth =
      "SELECT webhook FROM webhook_event_types INDEXED BY webhook_event_types_by_activity"
      " WHERE organisation = ?1 AND is_active = ?2 AND event_type = ?3" SLUICE_PAGE("webhook");
#undef SLUICE_PAGE
  std::vector<std::uint32_t> numbers;
  Statement row = database.prepare(filter.event_type ? (filter.is_active ? kByBoth : kByType)
                                                     : (filter.is_active ? kByActivity : kAll));
  row.bind(organisation, filter.is_active, filter.event_type, below, request.limit + 1,
           request.offset);
  while (row.step()) numbers.push_back(row.number(0));
  return numbers;
}

/// Complexity: O(log webhooks); see the triggers of the schema.
std::uint64_t count(Database& database, std::uint32_t organisation, const WebhookFilter& filter) {
  if (filter.event_type && filter.event_type->empty()) return 0;  // it stands for all of them there
  Statement row = database.prepare(
      "SELECT coalesce(sum(webhooks), 0) FROM webhook_counts WHERE organisation = ?1"
      " AND event_type = ?2 AND (?3 IS NULL OR is_active = ?3)");
  row.bind(organisation, filter.event_type.value_or(""), filter.is_active).step();
  return static_cast<std::uint64_t>(row.integer(0));
}

}  // namespace

std::variant<WebhookPage, BadCursor> Webhooks::list(std::uint32_t organisation,
                                                    const WebhookFilter& filter,
                                                    const WebhookPageRequest& request) {
  std::int64_t below = std::int64_t{1} << 32U;
  std::uint64_t rows_before = request.offset;
  if (request.cursor) {
    const std::optional<Position> position =
        from_cursor(vault_, *request.cursor, list_name(organisation));
    if (!position) return BadCursor{};
    below = position->number;
    rows_before += static_cast<std::uint64_t>(position->time);
  }
  return connections_.read([&](Database& database) {
    WebhookPage page;
    page.rows_before = rows_before;
    std::vector<std::uint32_t> numbers =
        find_numbers(database, organisation, filter, request, below);
    const bool has_more = numbers.size() > request.limit;
    if (has_more) numbers.pop_back();
    WebhookRows rows(database, vault_);
    for (const std::uint32_t number : numbers) page.rows.push_back(*rows.find(number));
    if (has_more && !numbers.empty())
      page.next_cursor =
          to_cursor(vault_,
                    {.time = static_cast<std::int64_t>(rows_before + numbers.size()),
                     .number = numbers.back()},
                    list_name(organisation));
    if (request.include_total) page.total = count(database, organisation, filter);
    return page;
  });
}

std::vector<std::string> Webhooks::ids_by_name(std::uint32_t organisation, std::string_view name,
                                               std::size_t limit) {
  return connections_.read([&](Database& database) {
    std::vector<std::string> ids;
    Statement row = database.prepare(
        "SELECT webhook_id FROM webhooks INDEXED BY webhooks_by_name"
        " WHERE organisation = ?1 AND name = ?2 ORDER BY number DESC LIMIT ?3");
    row.bind(organisation, name, limit);
    while (row.step()) ids.emplace_back(row.text(0));
    return ids;
  });
}

void Webhooks::for_each_active(const std::function<void(const ActiveWebhook&)>& visit) {
  connections_.read([&](Database& database) {
    std::vector<std::string_view> event_types;
    Statement row = database.prepare(
        "SELECT number, organisation, event_types FROM webhooks WHERE is_active ORDER BY number");
    while (row.step()) {
      split_event_types(row.text(2), event_types);
      visit({row.number(0), row.number(1), event_types});
    }
  });
}

}  // namespace sluice::store
