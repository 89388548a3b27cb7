#include "config_store/pruning.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "config_store/connections.hpp"
#include "config_store/delivery_rows.hpp"
#include "config_store/delivery_store.hpp"

namespace sluice::store {
namespace {

constexpr std::uint64_t kRowsPerStep = 300;

using WebhookCount = std::pair<std::uint32_t, std::uint64_t>;

std::vector<WebhookCount> read_counts(Statement& row) {
  std::vector<WebhookCount> counts;
  while (row.step()) counts.emplace_back(row.number(0), static_cast<std::uint64_t>(row.integer(1)));
  return counts;
}

/// The oldest attempts of a webhook, `rows` of them at most.
std::uint64_t remove_oldest_attempts(Database& database, std::uint32_t webhook,
                                     std::uint64_t rows) {
  Statement remove = database.prepare(
      "DELETE FROM attempts WHERE id IN (SELECT id FROM attempts INDEXED BY attempts_by_webhook"
      " WHERE webhook = ?1 ORDER BY at, id LIMIT ?2) RETURNING webhook");
  return remove_attempts(database, remove.bind(webhook, rows));
}

std::uint64_t remove_oldest_dead_letters(Database& database, std::uint32_t webhook,
                                         std::uint64_t rows) {
  database.run(
      "DELETE FROM dead_letters WHERE id IN (SELECT id FROM dead_letters"
      " INDEXED BY dead_letters_by_webhook WHERE webhook = ?1 ORDER BY at, id LIMIT ?2)",
      webhook, rows);
  return static_cast<std::uint64_t>(database.changed_rows());
}

std::uint64_t remove_retries(Database& database, std::uint32_t webhook, std::uint64_t rows) {
  database.run(
      "DELETE FROM retries WHERE (channel, sequence) IN ("
      "SELECT channel, sequence FROM retries WHERE webhook = ?1 LIMIT ?2)",
      webhook, rows);
  return static_cast<std::uint64_t>(database.changed_rows());
}

}  // namespace

template <class Step>
void Pruning::repeat(Step&& step) {
  for (std::uint64_t removed = kRowsPerStep; removed >= kRowsPerStep && !stop_.stop_requested();
       removed_ += removed)
    removed = connections_.write(step);
}

std::uint64_t Pruning::run(const DeliveryRetention& retention, base::Time now) {
  remove_forgotten();
  remove_older_than(now - retention.age);
  remove_attempts_above(retention.attempts_per_webhook);
  remove_dead_letters_above(retention.dead_letters_per_webhook);
  return removed_;
}

void Pruning::remove_forgotten() {
  const std::vector<WebhookCount> webhooks = connections_.read([](Database& database) {
    Statement row = database.prepare("SELECT webhook, 0 FROM forgotten");
    return read_counts(row);
  });
  for (const auto& [webhook, unused] : webhooks) {
    const std::uint32_t gone = webhook;
    repeat([gone](Database& database) { return remove_retries(database, gone, kRowsPerStep); });
    repeat([gone](Database& database) {
      return remove_oldest_dead_letters(database, gone, kRowsPerStep);
    });
    repeat([gone](Database& database) {
      return remove_oldest_attempts(database, gone, kRowsPerStep);
    });
    if (stop_.stop_requested()) return;
    connections_.write([gone](Database& database) {
      database.run("DELETE FROM forgotten WHERE webhook = ?1", gone);
    });
  }
}

// Ids grow with time, so the oldest are found without an index on it.
void Pruning::remove_older_than(base::Time time) {
  repeat([time](Database& database) {
    Statement remove = database.prepare(
        "DELETE FROM attempts WHERE at < ?1"
        " AND id IN (SELECT id FROM attempts ORDER BY id LIMIT ?2) RETURNING webhook");
    return remove_attempts(database, remove.bind(time, kRowsPerStep));
  });
  repeat([time](Database& database) {
    database.run(
        "DELETE FROM dead_letters WHERE at < ?1"
        " AND id IN (SELECT id FROM dead_letters ORDER BY id LIMIT ?2)",
        time, kRowsPerStep);
    return static_cast<std::uint64_t>(database.changed_rows());
  });
}

void Pruning::remove_attempts_above(std::uint64_t per_webhook) {
  const std::vector<WebhookCount> full = connections_.read([per_webhook](Database& database) {
    Statement row =
        database.prepare("SELECT webhook, attempts - ?1 FROM attempt_counts WHERE attempts > ?1");
    return read_counts(row.bind(per_webhook));
  });
  for (const auto& [webhook, surplus] : full) {
    repeat([webhook = webhook, left = surplus](Database& database) mutable {
      const std::uint64_t removed =
          remove_oldest_attempts(database, webhook, std::min(left, kRowsPerStep));
      left -= removed;
      return removed;
    });
  }
}

void Pruning::remove_dead_letters_above(std::uint64_t per_webhook) {
  const std::vector<WebhookCount> full = connections_.read([per_webhook](Database& database) {
    Statement row = database.prepare(
        "SELECT webhook, count(*) - ?1 FROM dead_letters INDEXED BY dead_letters_by_webhook"
        " GROUP BY webhook HAVING count(*) > ?1");
    return read_counts(row.bind(per_webhook));
  });
  for (const auto& [webhook, surplus] : full) {
    repeat([webhook = webhook, left = surplus](Database& database) mutable {
      const std::uint64_t removed =
          remove_oldest_dead_letters(database, webhook, std::min(left, kRowsPerStep));
      left -= removed;
      return removed;
    });
  }
}

}  // namespace sluice::store
