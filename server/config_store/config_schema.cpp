// Times are microseconds since 1970. event_types are separated by blanks, so that a start reads a
// million webhooks without decoding JSON, and again one by one, for lists; what deliveries need of a channel is JSON, in a table of
// its own, so that such a scan passes it by. The secrets in it are sealed.
#include "config_store/migration.hpp"

namespace sluice::store {
namespace {

constexpr Migration kMigrations[] = {
    {"organisations, keys, webhooks", R"(
CREATE TABLE organisations (
  number INTEGER PRIMARY KEY AUTOINCREMENT CHECK (number < 4294967296),
  name TEXT NOT NULL UNIQUE,
  internal_id TEXT NOT NULL UNIQUE,
  created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE api_keys (
  number INTEGER PRIMARY KEY AUTOINCREMENT CHECK (number < 4294967296),
  organisation INTEGER NOT NULL REFERENCES organisations(number),
  name TEXT NOT NULL,
  prefix TEXT NOT NULL,
  digest BLOB NOT NULL UNIQUE,
  permissions TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  expires_at INTEGER,
  revoked_at INTEGER
) STRICT;
CREATE INDEX api_keys_by_organisation ON api_keys(organisation);

CREATE TABLE webhooks (
  number INTEGER PRIMARY KEY AUTOINCREMENT CHECK (number < 4294967296),
  webhook_id TEXT NOT NULL UNIQUE,
  organisation INTEGER NOT NULL REFERENCES organisations(number),
  name TEXT NOT NULL,
  description TEXT,
  event_types TEXT NOT NULL,
  is_active INTEGER NOT NULL,
  disabled_reason TEXT,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  version INTEGER NOT NULL
) STRICT;
CREATE INDEX webhooks_by_organisation ON webhooks(organisation);
CREATE INDEX webhooks_by_name ON webhooks(organisation, name);

CREATE TABLE channels (
  number INTEGER PRIMARY KEY AUTOINCREMENT CHECK (number < 4294967296),
  webhook INTEGER NOT NULL REFERENCES webhooks(number) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  kind TEXT NOT NULL,
  configs TEXT NOT NULL
) STRICT;
CREATE INDEX channels_by_webhook ON channels(webhook);

CREATE TABLE webhook_health (
  webhook INTEGER PRIMARY KEY REFERENCES webhooks(number) ON DELETE CASCADE,
  consecutive_failures INTEGER NOT NULL,
  failing_since INTEGER,
  last_success_at INTEGER,
  last_error_at INTEGER,
  last_error_message TEXT,
  last_error_channel TEXT,
  last_error_status INTEGER,
  last_error_event_id TEXT
) STRICT;

CREATE TABLE erased_webhooks (
  number INTEGER PRIMARY KEY,
  webhook_id TEXT NOT NULL UNIQUE,
  organisation INTEGER NOT NULL
) STRICT;

CREATE TABLE facts (name TEXT PRIMARY KEY, value ANY NOT NULL) STRICT;
INSERT INTO facts VALUES ('keys_revision', 0);
)"},
    {"webhooks by event type", R"(
CREATE TABLE webhook_event_types (
  organisation INTEGER NOT NULL,
  event_type TEXT NOT NULL,
  webhook INTEGER NOT NULL REFERENCES webhooks(number) ON DELETE CASCADE,
  PRIMARY KEY (organisation, event_type, webhook)
) STRICT, WITHOUT ROWID;
WITH RECURSIVE split(organisation, webhook, event_type, rest) AS (
  SELECT organisation, number, '', event_types || ' ' FROM webhooks
  UNION ALL
  SELECT organisation, webhook, substr(rest, 1, instr(rest, ' ') - 1),
    substr(rest, instr(rest, ' ') + 1) FROM split WHERE rest <> ''
)
INSERT OR IGNORE INTO webhook_event_types
  SELECT organisation, event_type, webhook FROM split WHERE event_type <> '';
CREATE INDEX webhook_event_types_by_webhook ON webhook_event_types(webhook);
)"},
};

}  // namespace

std::span<const Migration> config_migrations() { return kMigrations; }

}  // namespace sluice::store
