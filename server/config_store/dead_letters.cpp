// The part of Retries that reads dead letters, and what changes both.
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "config_store/connections.hpp"
#include "config_store/delivery_rows.hpp"
#include "config_store/retries.hpp"

namespace sluice::store {
namespace {

void erase_retry(Database& database, std::uint32_t channel, std::uint64_t first) {
  database.run("DELETE FROM retries WHERE channel = ?1 AND sequence = ?2", channel, first);
}

void erase_dead_letter(Database& database, std::uint32_t channel, std::uint64_t first) {
  database.run("DELETE FROM dead_letters WHERE channel = ?1 AND sequence = ?2", channel, first);
}

void put(Database& database, const Retry& retry) {
  erase_dead_letter(database, retry.channel, retry.events.front());
  const std::string further = further_of(retry.events);
  database.run("INSERT OR REPLACE INTO retries VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
               retry.webhook, retry.channel, retry.events.front(), Blob{further}, retry.attempts,
               retry.due_at, retry.last_error, retry.made, retry.recipients);
}

void put(Database& database, const DeadLetter& letter) {
  erase_retry(database, letter.channel, letter.events.front());
  const std::string further = further_of(letter.events);
  database.run(
      "INSERT INTO dead_letters (webhook, channel, sequence, further, accepted_at, at, event_id,"
      " event_type, attempts, status_code, error, recipients)"
      " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)"
      " ON CONFLICT (channel, sequence) DO UPDATE SET further = ?4, at = ?6, attempts = ?9,"
      " status_code = ?10, error = ?11, recipients = ?12",
      letter.webhook, letter.channel, letter.events.front(), Blob{further}, letter.accepted_at,
      letter.at, letter.event_id, letter.event_type, letter.attempts, letter.status_code,
      letter.error, letter.recipients);
}

void put(Database& database, const EndedDelivery& ended) {
  erase_retry(database, ended.channel, ended.first);
  erase_dead_letter(database, ended.channel, ended.first);
}

void put(Database& database, const EndedChannel& ended) {
  database.run("DELETE FROM retries WHERE channel = ?1", ended.channel);
}

/// How to cut a table of deliveries. Each a literal, as Database wants it.
struct CutStatements {
  std::string_view erase;
  std::string_view select;
  std::string_view shorten;
};

constexpr CutStatements kCutRetries{
    "DELETE FROM retries INDEXED BY retries_by_sequence WHERE sequence > ?1",
    "SELECT channel, sequence, further FROM retries INDEXED BY retries_of_batches"
    " WHERE length(further) > 0",
    "UPDATE retries SET further = ?1 WHERE channel = ?2 AND sequence = ?3"};
constexpr CutStatements kCutDeadLetters{
    "DELETE FROM dead_letters INDEXED BY dead_letters_by_sequence WHERE sequence > ?1",
    "SELECT channel, sequence, further FROM dead_letters INDEXED BY dead_letters_of_batches"
    " WHERE length(further) > 0",
    "UPDATE dead_letters SET further = ?1 WHERE channel = ?2 AND sequence = ?3"};

/// Deliveries that begin beyond `last` go, others lose the events that are beyond it.
void cut_beyond(Database& database, const CutStatements& statements, std::uint64_t last) {
  database.run(statements.erase, last);
  struct Shortened {
    std::uint32_t channel;
    std::vector<std::uint64_t> events;
  };
  std::vector<Shortened> shortened;
  {
    Statement row = database.prepare(statements.select);
    while (row.step()) {
      std::vector<std::uint64_t> events = events_of(row, 1, 2);
      if (std::erase_if(events, [last](std::uint64_t event) { return event > last; }) != 0)
        shortened.push_back({row.number(0), std::move(events)});
    }
  }
  for (const Shortened& delivery : shortened) {
    const std::string further = further_of(delivery.events);
    database.run(statements.shorten, Blob{further}, delivery.channel, delivery.events.front());
  }
}

/// Those of deliveries that begin beyond `last`. Goes from channel to channel, since an index by
/// sequence would cost each attempt that is logged more than this costs a start.
void forget_attempts_beyond(Database& database, std::uint64_t last) {
  Statement remove = database.prepare(
      "WITH RECURSIVE channels(channel) AS (SELECT min(channel) FROM attempts UNION ALL"
      " SELECT (SELECT min(next.channel) FROM attempts AS next"
      " WHERE next.channel > channels.channel)"
      " FROM channels WHERE channels.channel IS NOT NULL)"
      " DELETE FROM attempts WHERE id IN (SELECT gone.id FROM channels CROSS JOIN attempts AS gone"
      " INDEXED BY attempts_by_channel ON gone.channel = channels.channel AND gone.sequence > ?1)"
      " RETURNING webhook");
  remove_attempts(database, remove.bind(last));
}

}  // namespace

void Retries::forget_beyond(std::uint64_t last) {
  connections_.write([last](Database& database) {
    cut_beyond(database, kCutRetries, last);
    cut_beyond(database, kCutDeadLetters, last);
    forget_attempts_beyond(database, last);
  });
}

void apply(Database& database, AttemptInsertion& attempts, const DeliveryChange& change) {
  const auto apply_one = [&](const auto& given) {
    if constexpr (std::is_same_v<decltype(given), const Attempt&>) {
      attempts.add(given);
    } else {
      put(database, given);
    }
  };
  std::visit(apply_one, change);
}

std::vector<DeadLetter> Retries::dead(std::uint32_t webhook, base::Time since, base::Time until,
                                      const std::optional<DeadLetterPosition>& after,
                                      std::size_t limit) {
  const DeadLetterPosition from = after.value_or(DeadLetterPosition{});
  return connections_.read([&](Database& database) {
    std::vector<DeadLetter> letters;
    Statement row = database.prepare(
        "SELECT webhook, channel, sequence, further, accepted_at, at, event_id, event_type,"
        " attempts, status_code, error, recipients FROM dead_letters INDEXED BY dead_letters_by_event"
        " WHERE webhook = ?1 AND (sequence, channel) > (?2, ?3)"
        " AND accepted_at >= ?4 AND accepted_at < ?5 ORDER BY sequence, channel LIMIT ?6");
    row.bind(webhook, from.first, from.channel, since, until, limit);
    while (row.step()) {
      DeadLetter& letter = letters.emplace_back();
      letter.webhook = row.number(0);
      letter.channel = row.number(1);
      letter.events = store::events_of(row, 2, 3);
      letter.accepted_at = row.time(4);
      letter.at = row.time(5);
      letter.event_id = row.text(6);
      letter.event_type = row.text(7);
      letter.attempts = row.number(8);
      if (!row.is_null(9)) letter.status_code = static_cast<int>(row.integer(9));
      letter.error = row.text(10);
      letter.recipients = row.text(11);
    }
    return letters;
  });
}

}  // namespace sluice::store
