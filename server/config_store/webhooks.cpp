// What changes webhooks; webhook_lists.cpp reads many of them.
#include "config_store/webhooks.hpp"

#include <algorithm>

#include "base/clock.hpp"
#include "base/random.hpp"
#include "config_store/connections.hpp"
#include "config_store/webhook_rows.hpp"

namespace sluice::store {
namespace {

constexpr std::uint32_t kRememberedErasures = 1'000'000;

/// Gives each channel of `channels` the number of one of `before` that has its kind and target; of
/// several, the first that is left. A channel that has none takes over from the one that was in its
/// place, if that is left and of its kind: so an edited channel keeps what it is owed.
void keep_numbers(const std::vector<domain::Channel>& before,
                  std::vector<domain::Channel>& channels) {
  std::vector<bool> is_taken(before.size(), false);
  for (domain::Channel& channel : channels) {
    channel.number = 0;
    const std::string target = domain::target_of(channel);
    for (std::size_t i = 0; i < before.size(); ++i) {
      if (is_taken[i] || before[i].kind != channel.kind || domain::target_of(before[i]) != target)
        continue;
      is_taken[i] = true;
      channel.number = before[i].number;
      break;
    }
  }
  for (std::size_t i = 0; i < std::min(before.size(), channels.size()); ++i) {
    if (channels[i].number == 0 && !is_taken[i] && before[i].kind == channels[i].kind)
      channels[i].number = before[i].number;
  }
}

}  // namespace

domain::Webhook Webhooks::create(std::uint32_t organisation, domain::WebhookDraft draft) {
  domain::Webhook webhook;
  webhook.organisation = organisation;
  webhook.draft = std::move(draft);
  webhook.created_at = webhook.updated_at = clock_.now();
  connections_.write([&](Database& database) {
    WebhookRows rows(database, vault_);
    do webhook.webhook_id = domain::make_webhook_id(random_);
    while (rows.exists(webhook.webhook_id));
    rows.insert(webhook);
  });
  return webhook;
}

std::variant<domain::Webhook, Webhooks::ReplaceError> Webhooks::replace(
    std::uint32_t organisation, std::string_view webhook_id, domain::WebhookDraft draft,
    std::optional<std::uint64_t> expected_version) {
  using Replaced = std::variant<domain::Webhook, ReplaceError>;
  return connections_.write([&](Database& database) -> Replaced {
    WebhookRows rows(database, vault_);
    std::optional<domain::Webhook> before = rows.find(organisation, webhook_id);
    if (!before) return ReplaceError::not_found;
    if (expected_version && *expected_version != before->version)
      return ReplaceError::version_mismatch;
    if (domain::have_same_content(before->draft, draft)) return *std::move(before);

    domain::Webhook after = *before;
    after.draft = std::move(draft);
    keep_numbers(before->draft.channels, after.draft.channels);
    after.updated_at = std::max(clock_.now(), before->updated_at);
    ++after.version;
    if (after.draft.is_active && !before->draft.is_active) {
      after.health.disabled_reason.reset();
      after.health.consecutive_failures = 0;
      after.health.failing_since.reset();
      database.run(
          "UPDATE webhook_health SET consecutive_failures = 0, failing_since = NULL"
          " WHERE webhook = ?1",
          after.number);
    }
    rows.update(*before, after);
    return after;
  });
}

std::optional<std::uint32_t> Webhooks::erase(std::uint32_t organisation,
                                             std::string_view webhook_id) {
  return connections_.write([&](Database& database) -> std::optional<std::uint32_t> {
    Statement row = database.prepare(
        "DELETE FROM webhooks WHERE webhook_id = ?1 AND organisation = ?2 RETURNING number");
    if (!row.bind(webhook_id, organisation).step()) return std::nullopt;
    const std::uint32_t number = row.number(0);
    row.run();
    database.prepare("INSERT INTO erased_webhooks VALUES (?1, ?2, ?3)")
        .bind(number, webhook_id, organisation)
        .run();
    database.prepare("DELETE FROM erased_webhooks WHERE number <= ?1 - ?2")
        .bind(number, kRememberedErasures)
        .run();
    return number;
  });
}

bool Webhooks::was_erased(std::uint32_t organisation, std::string_view webhook_id) {
  return connections_.read([&](Database& database) {
    Statement row = database.prepare(
        "SELECT 1 FROM erased_webhooks WHERE webhook_id = ?1 AND organisation = ?2");
    return row.bind(webhook_id, organisation).step();
  });
}

std::optional<domain::Webhook> Webhooks::find(std::uint32_t organisation,
                                              std::string_view webhook_id) {
  return connections_.read([&](Database& database) {
    return WebhookRows(database, vault_).find(organisation, webhook_id);
  });
}

std::optional<domain::Webhook> Webhooks::find_by_number(std::uint32_t number) {
  return connections_.read(
      [&](Database& database) { return WebhookRows(database, vault_).find(number); });
}

bool Webhooks::disable(std::uint32_t number, std::string_view reason) {
  return connections_.write([&](Database& database) {
    database.run(
        "UPDATE webhooks SET is_active = 0, disabled_reason = ?2, version = version + 1,"
        " updated_at = max(updated_at, ?3) WHERE number = ?1 AND is_active",
        number, reason, clock_.now());
    return database.changed_rows() == 1;
  });
}

void Webhooks::update_health(std::span<const HealthUpdate> updates) {
  constexpr std::size_t kRows = 200;  // a millisecond
  for (; !updates.empty(); updates = updates.subspan(std::min(kRows, updates.size()))) {
    connections_.write([&](Database& database) {
      for (const HealthUpdate& update : updates.first(std::min(kRows, updates.size()))) {
        const domain::WebhookHealth& health = update.health;
        const domain::LastError* error = health.last_error ? &*health.last_error : nullptr;
        database.run(
            "INSERT INTO webhook_health (webhook, consecutive_failures, last_success_at,"
            " last_error_at, last_error_message, last_error_channel, last_error_status,"
            " last_error_event_id, failing_since)"
            " SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9"
            " WHERE EXISTS (SELECT 1 FROM webhooks WHERE number = ?1)"
            " ON CONFLICT (webhook) DO UPDATE SET consecutive_failures = ?2, last_success_at = ?3,"
            " last_error_at = ?4, last_error_message = ?5, last_error_channel = ?6,"
            " last_error_status = ?7, last_error_event_id = ?8, failing_since = ?9",
            update.webhook, health.consecutive_failures, health.last_success_at,
            error ? std::optional(error->at) : std::nullopt,
            error ? std::optional(error->message) : std::nullopt,
            error ? std::optional(domain::to_text(error->channel)) : std::nullopt,
            error ? error->status_code : std::nullopt,
            error ? std::optional(error->event_id) : std::nullopt, health.failing_since);
      }
    });
  }
}

}  // namespace sluice::store
