#include "config_store/webhook_rows.hpp"

#include <algorithm>

#include "config_store/secret_seal.hpp"

namespace sluice::store {
namespace {

#define SLUICE_SELECT_WEBHOOK                                                                   \
  "SELECT number, webhook_id, organisation, name, description, event_types, is_active,"         \
  " disabled_reason, created_at, updated_at, version, coalesce(consecutive_failures, 0),"       \
  " last_success_at, last_error_at, last_error_message, last_error_channel, last_error_status," \
  " last_error_event_id, failing_since FROM webhooks LEFT JOIN webhook_health ON webhook = number "

std::optional<std::string> optional_text(const Statement& row, int column) {
  if (row.is_null(column)) return std::nullopt;
  return std::string(row.text(column));
}

domain::ChannelKind kind_of(std::string_view text) {
  return domain::channel_kind_from(text).value_or(domain::ChannelKind::webhook);
}

domain::WebhookHealth read_health(const Statement& row) {
  domain::WebhookHealth health;
  health.disabled_reason = optional_text(row, 7);
  health.consecutive_failures = row.number(11);
  health.last_success_at = row.optional_time(12);
  health.failing_since = row.optional_time(18);
  if (row.is_null(13)) return health;
  domain::LastError& error = health.last_error.emplace();
  error.at = row.time(13);
  error.message = row.text(14);
  error.channel = kind_of(row.text(15));
  if (!row.is_null(16)) error.status_code = static_cast<int>(row.integer(16));
  error.event_id = row.text(17);
  return health;
}

}  // namespace

std::string join_event_types(const std::vector<std::string>& event_types) {
  std::string text;
  for (const std::string& each : event_types) {
    if (!text.empty()) text += ' ';
    text += each;
  }
  return text;
}

void split_event_types(std::string_view text, std::vector<std::string_view>& event_types) {
  event_types.clear();
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    event_types.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

std::optional<domain::Webhook> WebhookRows::find(std::uint32_t organisation,
                                                 std::string_view webhook_id) {
  Statement row = database_.prepare(SLUICE_SELECT_WEBHOOK "WHERE webhook_id = ?1");
  if (!row.bind(webhook_id).step() || row.number(2) != organisation) return std::nullopt;
  return read(row);
}

std::optional<domain::Webhook> WebhookRows::find(std::uint32_t number) {
  Statement row = database_.prepare(SLUICE_SELECT_WEBHOOK "WHERE number = ?1");
  if (!row.bind(number).step()) return std::nullopt;
  return read(row);
}

bool WebhookRows::exists(std::string_view webhook_id) {
  return database_.prepare("SELECT 1 FROM webhooks WHERE webhook_id = ?1").bind(webhook_id).step();
}

domain::Webhook WebhookRows::read(const Statement& row) {
  domain::Webhook webhook;
  webhook.number = row.number(0);
  webhook.webhook_id = row.text(1);
  webhook.organisation = row.number(2);
  webhook.draft.name = row.text(3);
  webhook.draft.description = optional_text(row, 4);
  std::vector<std::string_view> event_types;
  split_event_types(row.text(5), event_types);
  webhook.draft.event_types.assign(event_types.begin(), event_types.end());
  webhook.draft.is_active = row.integer(6) != 0;
  webhook.created_at = row.time(8);
  webhook.updated_at = row.time(9);
  webhook.version = static_cast<std::uint64_t>(row.integer(10));
  webhook.health = read_health(row);
  webhook.draft.channels = read_channels(webhook.number, webhook.webhook_id);
  return webhook;
}

std::vector<domain::Channel> WebhookRows::read_channels(std::uint32_t webhook,
                                                        std::string_view webhook_id) {
  std::vector<domain::Channel> channels;
  Statement row = database_.prepare(
      "SELECT number, kind, configs FROM channels WHERE webhook = ?1 ORDER BY position");
  row.bind(webhook);
  while (row.step()) {
    domain::Channel& channel = channels.emplace_back();
    channel.number = row.number(0);
    channel.kind = kind_of(row.text(1));
    const SecretSeal seal(vault_, webhook_id, channel.number);
    if (seal.open(channel.kind, row.text(2), channel.configs)) continue;
    throw StoreError(StoreError::Kind::wrong_key,
                     "a secret of webhook " + std::string(webhook_id) + " in " + database_.path() +
                         " does not open; put back the master key that it was sealed with, or "
                         "delete the webhook and make it again");
  }
  return channels;
}

void WebhookRows::insert(domain::Webhook& webhook) {
  const domain::WebhookDraft& draft = webhook.draft;
  database_.run(
      "INSERT INTO webhooks (webhook_id, organisation, name, description, event_types, is_active,"
      " created_at, updated_at, version) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
      webhook.webhook_id, webhook.organisation, draft.name, draft.description,
      join_event_types(draft.event_types), draft.is_active, webhook.created_at, webhook.updated_at,
      webhook.version);
  webhook.number = static_cast<std::uint32_t>(database_.last_inserted());
  insert_event_types(webhook);
  std::uint32_t number = next_channel_number();
  for (std::size_t i = 0; i < draft.channels.size(); ++i) {
    webhook.draft.channels[i].number = number++;
    insert_channel(webhook, i);
  }
}

void WebhookRows::update(const domain::Webhook& before, domain::Webhook& after) {
  const domain::WebhookDraft& draft = after.draft;
  database_.run(
      "UPDATE webhooks SET name = ?2, description = ?3, event_types = ?4, is_active = ?5,"
      " disabled_reason = ?6, updated_at = ?7, version = ?8 WHERE number = ?1",
      after.number, draft.name, draft.description, join_event_types(draft.event_types),
      draft.is_active, after.health.disabled_reason, after.updated_at, after.version);
  if (draft.event_types != before.draft.event_types) {
    database_.run("DELETE FROM webhook_event_types WHERE webhook = ?1", after.number);
    insert_event_types(after);
  }
  for (const domain::Channel& channel : before.draft.channels)
    database_.run("DELETE FROM channels WHERE number = ?1", channel.number);
  std::uint32_t number = next_channel_number();
  for (std::size_t i = 0; i < draft.channels.size(); ++i) {
    if (draft.channels[i].number == 0) after.draft.channels[i].number = number++;
    insert_channel(after, i);
  }
}

void WebhookRows::insert_event_types(const domain::Webhook& webhook) {
  for (const std::string& event_type : webhook.draft.event_types)
    database_.run("INSERT OR IGNORE INTO webhook_event_types VALUES (?1, ?2, ?3, ?4)",
                  webhook.organisation, event_type, webhook.number, webhook.draft.is_active);
}

void WebhookRows::insert_channel(const domain::Webhook& webhook, std::size_t position) {
  const domain::Channel& channel = webhook.draft.channels[position];
  const SecretSeal seal(vault_, webhook.webhook_id, channel.number);
  database_.run(
      "INSERT INTO channels (number, webhook, position, kind, configs) VALUES (?1, ?2, ?3, ?4, ?5)",
      channel.number, webhook.number, position, domain::to_text(channel.kind),
      seal.seal(channel.kind, channel.configs));
}

// The number is needed before the row is there, because secrets are sealed for it. AUTOINCREMENT
// counts numbers that are given, too, and never goes back.
std::uint32_t WebhookRows::next_channel_number() {
  Statement row = database_.prepare("SELECT seq FROM sqlite_sequence WHERE name = 'channels'");
  return row.step() ? row.number(0) + 1 : 1;
}

}  // namespace sluice::store
