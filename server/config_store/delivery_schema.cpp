// An attempt's request and response come last in its row, so that a page of attempts does not read
// the pages that they overflow to. Attempts of one webhook are found by the time they were made at;
// failed ones, which are few and looked for, by an index of their own.
#include "config_store/migration.hpp"

namespace sluice::store {
namespace {

constexpr Migration kMigrations[] = {
    {"attempts, retries, dead letters", R"(
CREATE TABLE attempts (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  webhook INTEGER NOT NULL,
  at INTEGER NOT NULL,
  outcome TEXT NOT NULL,
  event_type TEXT NOT NULL,
  delivery_id TEXT NOT NULL,
  sequence INTEGER NOT NULL,
  further BLOB NOT NULL,
  channel INTEGER NOT NULL,
  channel_kind TEXT NOT NULL,
  event_id TEXT NOT NULL,
  attempt INTEGER NOT NULL,
  duration_us INTEGER NOT NULL,
  status_code INTEGER,
  error TEXT NOT NULL,
  request TEXT NOT NULL,
  response BLOB NOT NULL
) STRICT;
CREATE INDEX attempts_by_webhook ON attempts(webhook, at);
CREATE INDEX attempts_not_delivered ON attempts(webhook, outcome, at)
  WHERE outcome <> 'delivered';
CREATE INDEX attempts_by_delivery ON attempts(delivery_id);
CREATE INDEX attempts_by_channel ON attempts(channel, sequence);
CREATE TABLE attempt_counts (webhook INTEGER PRIMARY KEY, attempts INTEGER NOT NULL) STRICT;

CREATE TABLE retries (
  webhook INTEGER NOT NULL,
  channel INTEGER NOT NULL,
  sequence INTEGER NOT NULL,
  further BLOB NOT NULL,
  attempts INTEGER NOT NULL,
  due_at INTEGER NOT NULL,
  last_error TEXT NOT NULL,
  PRIMARY KEY (channel, sequence)
) STRICT, WITHOUT ROWID;
CREATE INDEX retries_by_due ON retries(channel, due_at, sequence);
CREATE INDEX retries_by_sequence ON retries(sequence);
CREATE INDEX retries_by_webhook ON retries(webhook);

CREATE TABLE dead_letters (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  webhook INTEGER NOT NULL,
  channel INTEGER NOT NULL,
  sequence INTEGER NOT NULL,
  further BLOB NOT NULL,
  accepted_at INTEGER NOT NULL,
  at INTEGER NOT NULL,
  event_id TEXT NOT NULL,
  event_type TEXT NOT NULL,
  attempts INTEGER NOT NULL,
  status_code INTEGER,
  error TEXT NOT NULL,
  UNIQUE (channel, sequence)
) STRICT;
CREATE INDEX dead_letters_by_webhook ON dead_letters(webhook, at);
CREATE INDEX dead_letters_by_event ON dead_letters(webhook, sequence, channel);

CREATE TABLE forgotten (webhook INTEGER PRIMARY KEY) STRICT;
)"},
    {"what lies beyond an event is found without reading all", R"(
CREATE INDEX dead_letters_by_sequence ON dead_letters(sequence);
CREATE INDEX dead_letters_of_batches ON dead_letters(sequence) WHERE length(further) > 0;
CREATE INDEX retries_of_batches ON retries(sequence) WHERE length(further) > 0;
)"},
    // Names of deliveries are random, so that each attempt dirtied a page of this index of its own.
    {"attempts of a delivery are found by its channel and first event", R"(
DROP INDEX attempts_by_delivery;
)"},
    // `recipients`: what became of each, as delivery writes it. `made`: all attempts so far.
    {"deliveries know their recipients and how often they were attempted", R"(
ALTER TABLE retries ADD COLUMN made INTEGER NOT NULL DEFAULT 0;
ALTER TABLE retries ADD COLUMN recipients TEXT NOT NULL DEFAULT '';
ALTER TABLE dead_letters ADD COLUMN recipients TEXT NOT NULL DEFAULT '';
UPDATE retries SET made = attempts;
)"},
};

}  // namespace

std::span<const Migration> delivery_migrations() { return kMigrations; }

}  // namespace sluice::store
