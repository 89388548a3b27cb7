#include "config_store/attempts.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <map>
#include <utility>

#include "config_store/connections.hpp"
#include "config_store/delivery_rows.hpp"
#include "config_store/page_cursor.hpp"

namespace sluice::store {
namespace {

constexpr std::size_t kRequestBytes = std::size_t{8} << 10U;
constexpr std::size_t kResponseBytes = std::size_t{16} << 10U;
constexpr std::size_t kErrorBytes = std::size_t{2} << 10U;

// Rows that a page looks at. Those of one webhook lie scattered among those of others: of ten million,
// so many cost 5 ms once the kernel has their pages. Before, each may be a read of the disk, and they
// took 300 ms; so beyond the first, time ends a page, too (bench/e2e/list_rows.py).
constexpr std::size_t kRowsPerPage = 2'000;
constexpr std::size_t kRowsWhateverTheTime = 50;  // a page of the usual size is whole
constexpr std::chrono::milliseconds kPageTime{20};

constexpr std::array<std::string_view, 4> kOutcomes = {"delivered", "failed", "dead", "cancelled"};

#define SLUICE_ATTEMPT_COLUMNS                                                                     \
  "id, delivery_id, further, webhook, channel, channel_kind, sequence, event_id, event_type,"      \
  " attempt, at, duration_us, outcome, status_code, error"

Attempt read_row(const Statement& row) {
  Attempt attempt;
  attempt.id = row.integer(0);
  attempt.delivery_id = row.text(1);
  attempt.webhook = row.number(3);
  attempt.channel = row.number(4);
  attempt.channel_kind =
      domain::channel_kind_from(row.text(5)).value_or(domain::ChannelKind::webhook);
  attempt.events = events_of(row, 6, 2);
  attempt.event_id = row.text(7);
  attempt.event_type = row.text(8);
  attempt.attempt = row.number(9);
  attempt.at = row.time(10);
  attempt.duration = std::chrono::microseconds{row.integer(11)};
  attempt.outcome = attempt_outcome_from(row.text(12)).value_or(AttemptOutcome::failed);
  if (!row.is_null(13)) attempt.status_code = static_cast<int>(row.integer(13));
  attempt.error = row.text(14);
  return attempt;
}

/// At most `bytes` of a text, not ending within a character of UTF-8.
std::string_view cut(std::string_view text, std::size_t bytes) {
  if (text.size() <= bytes) return text;
  while (bytes > 0 && (static_cast<unsigned char>(text[bytes]) & 0xC0U) == 0x80U) --bytes;
  return text.substr(0, bytes);
}

void insert_row(Statement& insert, const Attempt& attempt) {
  const std::string further = further_of(attempt.events);
  insert.run_with(
            attempt.delivery_id, Blob{further}, attempt.webhook, attempt.channel,
            domain::to_text(attempt.channel_kind),
            attempt.events.empty() ? 0 : attempt.events.front(), attempt.event_id,
            attempt.event_type, attempt.attempt, attempt.at, attempt.duration.count(),
            to_text(attempt.outcome), attempt.status_code, cut(attempt.error, kErrorBytes),
            cut(attempt.request, kRequestBytes),
            Blob{std::string_view(attempt.response).substr(0, kResponseBytes)});
}

std::string list_name(std::uint32_t webhook) { return "attempts of " + std::to_string(webhook); }

Position newest() {
  constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
  return {.time = kMost, .number = kMost};
}

bool passes(const Statement& row, const AttemptFilter& filter) {
  return (!filter.event_type || row.text(8) == *filter.event_type) &&
         (!filter.outcome || row.text(12) == to_text(*filter.outcome));
}

/// Rows of the webhook before `before`, newest first: all, or those with one outcome that has an
/// index.
Statement select(Database& database, std::uint32_t webhook, const AttemptFilter& filter,
                 const Position& before) {
  const bool has_index = filter.outcome && *filter.outcome != AttemptOutcome::delivered;
  const base::Time since = filter.since.value_or(base::Time::min());
  const base::Time until = filter.until.value_or(base::Time::max());
  Statement row = database.prepare(
      has_index ? "SELECT " SLUICE_ATTEMPT_COLUMNS
                  " FROM attempts INDEXED BY attempts_not_delivered WHERE webhook = ?1"
                  " AND at >= ?2 AND at < ?3 AND (at, id) < (?4, ?5)"
                  " AND outcome = ?6 AND outcome <> 'delivered' ORDER BY at DESC, id DESC"
                : "SELECT " SLUICE_ATTEMPT_COLUMNS
                  " FROM attempts INDEXED BY attempts_by_webhook WHERE webhook = ?1"
                  " AND at >= ?2 AND at < ?3 AND (at, id) < (?4, ?5)"
                  " ORDER BY at DESC, id DESC");
  if (has_index)
    row.bind(webhook, since, until, before.time, before.number, to_text(*filter.outcome));
  else
    row.bind(webhook, since, until, before.time, before.number);
  return row;
}

}  // namespace

std::string_view to_text(AttemptOutcome outcome) noexcept {
  return kOutcomes[static_cast<std::size_t>(outcome)];
}

std::optional<AttemptOutcome> attempt_outcome_from(std::string_view text) noexcept {
  const auto* const found = std::find(kOutcomes.begin(), kOutcomes.end(), text);
  if (found == kOutcomes.end()) return std::nullopt;
  return static_cast<AttemptOutcome>(found - kOutcomes.begin());
}

void Attempts::insert(std::span<const Attempt> attempts) {
  if (attempts.empty()) return;
  connections_.write([&](Database& database) {
    AttemptInsertion insertion(database);
    for (const Attempt& attempt : attempts) insertion.add(attempt);
    insertion.finish();
  });
}

AttemptInsertion::AttemptInsertion(Database& database)
    : database_(database),
      insert_(database.prepare(
          "INSERT INTO attempts (delivery_id, further, webhook, channel, channel_kind, sequence,"
          " event_id, event_type, attempt, at, duration_us, outcome, status_code, error,"
          " request, response)"
          " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)")) {}

void AttemptInsertion::add(const Attempt& attempt) {
  insert_row(insert_, attempt);
  ++counts_[attempt.webhook];
}

void AttemptInsertion::finish() {
  for (const auto& [webhook, count] : counts_)
    database_.run(
        "INSERT INTO attempt_counts VALUES (?1, ?2)"
        " ON CONFLICT (webhook) DO UPDATE SET attempts = attempts + ?2",
        webhook, count);
}

std::uint64_t remove_attempts(Database& database, Statement& remove) {
  std::map<std::uint32_t, std::uint64_t> counts;  // by webhook
  std::uint64_t removed = 0;
  for (; remove.step(); ++removed) ++counts[remove.number(0)];
  for (const auto& [webhook, count] : counts) {
    database.run("UPDATE attempt_counts SET attempts = attempts - ?2 WHERE webhook = ?1", webhook,
                 count);
    database.run("DELETE FROM attempt_counts WHERE webhook = ?1 AND attempts <= 0", webhook);
  }
  return removed;
}

std::variant<Page<Attempt>, BadCursor> Attempts::list(std::uint32_t webhook,
                                                      const AttemptFilter& filter,
                                                      const PageRequest& request) {
  Position position = newest();
  if (request.cursor) {
    const auto given = from_cursor(vault_, *request.cursor, list_name(webhook));
    if (!given) return BadCursor{};
    position = *given;
  }
  const auto deadline = clock_.steady_now() + kPageTime;
  const auto is_over = [&](std::size_t seen) {
    return seen == kRowsPerPage ||
           (seen >= kRowsWhateverTheTime && clock_.steady_now() >= deadline);
  };
  return connections_.read([&](Database& database) {
    Page<Attempt> page;
    bool has_more = false;
    Statement row = select(database, webhook, filter, position);
    for (std::size_t seen = 0; row.step(); ++seen) {
      const bool is_wanted = passes(row, filter);
      has_more = is_over(seen) || (is_wanted && page.rows.size() == request.limit);
      if (has_more) break;
      position = {.time = row.integer(10), .number = row.integer(0)};
      if (is_wanted) page.rows.push_back(read_row(row));
    }
    if (has_more) page.next_cursor = to_cursor(vault_, position, list_name(webhook));
    return page;
  });
}

std::vector<Attempt> Attempts::of_delivery(const DeliveryPlace& place,
                                           std::string_view delivery_id, std::size_t limit) {
  return connections_.read([&](Database& database) {
    std::vector<Attempt> attempts;
    Statement row = database.prepare("SELECT " SLUICE_ATTEMPT_COLUMNS
                                     ", request, response"
                                     " FROM attempts INDEXED BY attempts_by_channel"
                                     " WHERE channel = ?1 AND sequence = ?2 AND delivery_id = ?3"
                                     " AND webhook = ?4 ORDER BY id LIMIT ?5");
    row.bind(place.channel, place.first, delivery_id, place.webhook, limit);
    while (row.step()) {
      Attempt& attempt = attempts.emplace_back(read_row(row));
      attempt.request = row.text(15);
      attempt.response = row.text(16);
    }
    return attempts;
  });
}

}  // namespace sluice::store
