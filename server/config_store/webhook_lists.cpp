#include "config_store/connections.hpp"
#include "config_store/page_cursor.hpp"
#include "config_store/webhook_rows.hpp"
#include "config_store/webhooks.hpp"

namespace sluice::store {
namespace {

// ?1 organisation, ?2 is_active or NULL.
#define SLUICE_ALL_WEBHOOKS                                                   \
  "FROM webhooks INDEXED BY webhooks_by_organisation WHERE organisation = ?1" \
  " AND (?2 IS NULL OR is_active = ?2) "
// Also ?3 event_type.
#define SLUICE_WEBHOOKS_OF_A_TYPE                                                   \
  "FROM webhook_event_types WHERE organisation = ?1 AND event_type = ?3 AND (?2 IS" \
  " NULL OR EXISTS (SELECT 1 FROM webhooks WHERE number = webhook AND is_active = ?2)) "

std::string list_name(std::uint32_t organisation) {
  return "webhooks of " + std::to_string(organisation);
}

/// Numbers of the webhooks of a page and of one more, if there is one.
std::vector<std::uint32_t> find_numbers(Database& database, std::uint32_t organisation,
                                        const WebhookFilter& filter,
                                        const WebhookPageRequest& request, std::int64_t below) {
  std::vector<std::uint32_t> numbers;
  Statement row = database.prepare(
      filter.event_type ? "SELECT webhook " SLUICE_WEBHOOKS_OF_A_TYPE
                          "AND webhook < ?4 ORDER BY webhook DESC LIMIT ?5 OFFSET ?6"
                        : "SELECT number " SLUICE_ALL_WEBHOOKS
                          "AND number < ?4 ORDER BY number DESC LIMIT ?5 OFFSET ?6");
  row.bind(organisation, filter.is_active, filter.event_type, below, request.limit + 1,
           request.offset);
  while (row.step()) numbers.push_back(row.number(0));
  return numbers;
}

std::uint64_t count(Database& database, std::uint32_t organisation, const WebhookFilter& filter) {
  const auto counted = [](Statement& row) {
    row.step();
    return static_cast<std::uint64_t>(row.integer(0));
  };
  if (filter.event_type) {
    Statement row = database.prepare("SELECT count(*) " SLUICE_WEBHOOKS_OF_A_TYPE);
    return counted(row.bind(organisation, filter.is_active, *filter.event_type));
  }
  Statement row = database.prepare("SELECT count(*) " SLUICE_ALL_WEBHOOKS);
  return counted(row.bind(organisation, filter.is_active));
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
    std::vector<std::string> internal_ids;  // by the organisation's number
    {
      Statement row = database.prepare("SELECT number, internal_id FROM organisations");
      while (row.step()) {
        internal_ids.resize(std::max<std::size_t>(internal_ids.size(), row.number(0) + 1));
        internal_ids[row.number(0)] = row.text(1);
      }
    }
    std::vector<std::string_view> event_types;
    Statement row = database.prepare(
        "SELECT number, organisation, event_types FROM webhooks WHERE is_active ORDER BY number");
    while (row.step()) {
      split_event_types(row.text(2), event_types);
      const std::uint32_t organisation = row.number(1);
      visit({row.number(0), organisation, internal_ids[organisation], event_types});
    }
  });
}

}  // namespace sluice::store
