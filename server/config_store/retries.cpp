#include "config_store/retries.hpp"

#include <limits>

#include "config_store/connections.hpp"
#include "config_store/delivery_rows.hpp"

namespace sluice::store {
namespace {

std::uint64_t unsigned_of(const Statement& row, int column) {
  return static_cast<std::uint64_t>(row.integer(column));
}

#define SLUICE_SELECT_RETRIES \
  "SELECT webhook, channel, sequence, further, attempts, due_at, last_error, made, recipients" \
  " FROM retries "

std::vector<Retry> read_retries(Statement& row) {
  std::vector<Retry> retries;
  while (row.step())
    retries.push_back({row.number(0), row.number(1), events_of(row, 2, 3), row.number(4),
                       row.time(5), std::string(row.text(6)), row.number(7),
                       std::string(row.text(8))});
  return retries;
}

}  // namespace

std::vector<RetryCount> Retries::count_by_channel() {
  return connections_.read([](Database& database) {
    std::vector<RetryCount> counts;
    Statement row = database.prepare(
        "SELECT min(webhook), channel, count(*) FROM retries"
        " WHERE webhook NOT IN (SELECT webhook FROM forgotten) GROUP BY channel");
    while (row.step()) counts.push_back({row.number(0), row.number(1), unsigned_of(row, 2)});
    return counts;
  });
}

std::vector<Retry> Retries::by_due(std::uint32_t channel,
                                   const std::optional<RetryPosition>& after, std::size_t limit) {
  const RetryPosition from = after.value_or(RetryPosition{base::Time::min(), 0});
  return connections_.read([&](Database& database) {
    Statement row = database.prepare(SLUICE_SELECT_RETRIES
                                     "WHERE channel = ?1 AND (due_at, sequence) > (?2, ?3)"
                                     " ORDER BY due_at, sequence LIMIT ?4");
    return read_retries(row.bind(channel, from.due_at, from.first, limit));
  });
}

std::vector<Retry> Retries::by_sequence(std::uint32_t channel, std::uint64_t after,
                                        std::size_t limit) {
  return connections_.read([&](Database& database) {
    Statement row = database.prepare(
        SLUICE_SELECT_RETRIES "WHERE channel = ?1 AND sequence > ?2 ORDER BY sequence LIMIT ?3");
    return read_retries(row.bind(channel, after, limit));
  });
}

std::optional<OldestRetry> Retries::oldest() {
  return connections_.read([](Database& database) -> std::optional<OldestRetry> {
    Statement row = database.prepare(
        "SELECT sequence, webhook FROM retries ORDER BY sequence, channel LIMIT 1");
    if (!row.step()) return std::nullopt;
    return OldestRetry{unsigned_of(row, 0), static_cast<std::uint32_t>(unsigned_of(row, 1))};
  });
}

std::vector<Retry> Retries::below(std::uint64_t end, OldestPosition after, std::size_t limit) {
  return connections_.read([&](Database& database) {
    Statement row = database.prepare(SLUICE_SELECT_RETRIES
                                     "WHERE sequence < ?1 AND (sequence, channel) > (?2, ?3)"
                                     " ORDER BY sequence, channel LIMIT ?4");
    return read_retries(row.bind(end, after.first, after.channel, limit));
  });
}

std::vector<std::pair<std::uint64_t, std::uint64_t>> Retries::ranges(std::uint32_t channel,
                                                                     std::uint64_t first,
                                                                     std::uint64_t last) {
  return connections_.read([&](Database& database) {
    std::vector<std::pair<std::uint64_t, std::uint64_t>> found;
    Statement row = database.prepare(
        "SELECT sequence, further FROM retries WHERE channel = ?1 AND sequence BETWEEN ?2 AND ?3"
        " UNION ALL SELECT sequence, further FROM dead_letters"
        " WHERE channel = ?1 AND sequence BETWEEN ?2 AND ?3 ORDER BY sequence");
    row.bind(channel, first, last);
    while (row.step()) {
      const std::vector<std::uint64_t> events = store::events_of(row, 0, 1);
      if (!events.empty()) found.emplace_back(events.front(), events.back());
    }
    return found;
  });
}

std::optional<KnownDelivery> Retries::known(std::uint32_t channel, std::uint64_t first) {
  return connections_.read([&](Database& database) -> std::optional<KnownDelivery> {
    Statement row = database.prepare(
        "SELECT sequence, further, made, recipients FROM retries"
        " WHERE channel = ?1 AND sequence = ?2"
        " UNION ALL SELECT sequence, further, attempts, recipients FROM dead_letters"
        " WHERE channel = ?1 AND sequence = ?2"
        " UNION ALL SELECT sequence, further, attempt, '' FROM"
        " (SELECT sequence, further, attempt FROM attempts"
        " WHERE channel = ?1 AND sequence = ?2 ORDER BY id DESC LIMIT 1)");
    if (!row.bind(channel, first).step()) return std::nullopt;
    return KnownDelivery{events_of(row, 0, 1), row.number(2), std::string(row.text(3))};
  });
}

}  // namespace sluice::store
