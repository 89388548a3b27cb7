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
    // Lists tell how many webhooks there are, and counting a million takes longer than their page. The
    // event type '', which is none, stands for all webhooks of the organisation.
    {"webhooks by activity, and their counts", R"(
ALTER TABLE webhook_event_types ADD COLUMN is_active INTEGER NOT NULL DEFAULT 1;
UPDATE webhook_event_types SET is_active = 0
  WHERE webhook IN (SELECT number FROM webhooks WHERE NOT is_active);
CREATE INDEX webhook_event_types_by_activity
  ON webhook_event_types(organisation, event_type, is_active, webhook);
CREATE INDEX webhooks_by_activity ON webhooks(organisation, is_active);

CREATE TABLE webhook_counts (
  organisation INTEGER NOT NULL,
  event_type TEXT NOT NULL,
  is_active INTEGER NOT NULL,
  webhooks INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (organisation, event_type, is_active)
) STRICT, WITHOUT ROWID;
INSERT INTO webhook_counts
  SELECT organisation, '', is_active, count(*) FROM webhooks GROUP BY organisation, is_active;
INSERT INTO webhook_counts
  SELECT organisation, event_type, is_active, count(*) FROM webhook_event_types
  GROUP BY organisation, event_type, is_active;

CREATE TRIGGER event_type_added AFTER INSERT ON webhook_event_types BEGIN
  INSERT OR IGNORE INTO webhook_counts (organisation, event_type, is_active)
    VALUES (NEW.organisation, NEW.event_type, NEW.is_active);
  UPDATE webhook_counts SET webhooks = webhooks + 1 WHERE organisation = NEW.organisation
    AND event_type = NEW.event_type AND is_active = NEW.is_active;
END;
CREATE TRIGGER event_type_removed AFTER DELETE ON webhook_event_types BEGIN
  UPDATE webhook_counts SET webhooks = webhooks - 1 WHERE organisation = OLD.organisation
    AND event_type = OLD.event_type AND is_active = OLD.is_active;
  DELETE FROM webhook_counts WHERE organisation = OLD.organisation
    AND event_type = OLD.event_type AND is_active = OLD.is_active AND webhooks = 0;
END;
CREATE TRIGGER webhook_added AFTER INSERT ON webhooks BEGIN
  INSERT OR IGNORE INTO webhook_counts (organisation, event_type, is_active)
    VALUES (NEW.organisation, '', NEW.is_active);
  UPDATE webhook_counts SET webhooks = webhooks + 1 WHERE organisation = NEW.organisation
    AND event_type = '' AND is_active = NEW.is_active;
END;
CREATE TRIGGER webhook_removed AFTER DELETE ON webhooks BEGIN
  UPDATE webhook_counts SET webhooks = webhooks - 1 WHERE organisation = OLD.organisation
    AND event_type = '' AND is_active = OLD.is_active;
END;
CREATE TRIGGER webhook_switched AFTER UPDATE OF is_active ON webhooks
  WHEN OLD.is_active <> NEW.is_active BEGIN
  INSERT OR IGNORE INTO webhook_counts (organisation, event_type, is_active)
    VALUES (NEW.organisation, '', NEW.is_active);
  UPDATE webhook_counts SET webhooks = webhooks + iif(is_active = NEW.is_active, 1, -1)
    WHERE organisation = NEW.organisation AND event_type = '';
  INSERT OR IGNORE INTO webhook_counts (organisation, event_type, is_active)
    SELECT organisation, event_type, NEW.is_active FROM webhook_event_types
    WHERE webhook = NEW.number;
  UPDATE webhook_counts SET webhooks = webhooks + iif(is_active = NEW.is_active, 1, -1)
    WHERE organisation = NEW.organisation AND event_type IN (
      SELECT event_type FROM webhook_event_types WHERE webhook = NEW.number);
  UPDATE webhook_event_types SET is_active = NEW.is_active WHERE webhook = NEW.number;
END;
)"},
};

}  // namespace

std::span<const Migration> config_migrations() { return kMigrations; }

}  // namespace sluice::store
