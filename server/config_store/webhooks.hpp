// The webhooks of organisations.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/vault.hpp"
#include "config_store/page.hpp"
#include "domain/webhook.hpp"

namespace sluice::base {
class Clock;
class Random;
}  // namespace sluice::base

namespace sluice::store {

class Connections;

/// Which webhooks a list has.
struct WebhookFilter {
  // Is one of the webhook's event_types, to the letter.
  std::optional<std::string> event_type = std::nullopt;
  std::optional<bool> is_active = std::nullopt;
};

struct WebhookPageRequest {
  std::size_t limit = 50;
  std::size_t offset = 0;                            // skipped, from where `cursor` leads
  std::optional<std::string> cursor = std::nullopt;  // Page::next_cursor of the page before
  bool include_total = false;
};

struct WebhookPage : Page<domain::Webhook> {
  std::optional<std::uint64_t> total;  // if it was asked for
  std::uint64_t rows_before = 0;       // on earlier pages, when those were read
};

/// What matching needs of a webhook. Lifetime of the views: the call that gets it.
struct ActiveWebhook {
  std::uint32_t number;
  std::uint32_t organisation;
  std::span<const std::string_view> event_types;
};

struct HealthUpdate {
  std::uint32_t webhook = 0;
  domain::WebhookHealth health;
};

/// Thread safety: every member, from any thread. Calls block. Errors: StoreError (wrong_key: a
/// secret does not open); std::bad_alloc.
class Webhooks {
 public:
  Webhooks(Connections& connections, const base::Vault& vault, const base::Clock& clock,
           base::Random& random) noexcept
      : connections_(connections), vault_(vault), clock_(clock), random_(random) {}

  /// The organisation must exist. Gives the webhook and its channels their numbers, which are never
  /// used again.
  domain::Webhook create(std::uint32_t organisation, domain::WebhookDraft draft);

  enum class ReplaceError : std::uint8_t { not_found, version_mismatch };
  /// Makes the webhook what `draft` says. A channel of the same kind and target as before keeps its
  /// number. If nothing has changed, nothing is written; otherwise updated_at moves and version
  /// grows by one. A webhook that becomes active again starts with a clean record of failures.
  /// `expected_version`: what the caller has seen; another one is a version_mismatch.
  std::variant<domain::Webhook, ReplaceError> replace(
      std::uint32_t organisation, std::string_view webhook_id, domain::WebhookDraft draft,
      std::optional<std::uint64_t> expected_version = std::nullopt);

  /// The number of what was erased. Nothing: there is no such webhook.
  std::optional<std::uint32_t> erase(std::uint32_t organisation, std::string_view webhook_id);
  /// Whether the organisation had this webhook and erased it; the last million numbers are known.
  bool was_erased(std::uint32_t organisation, std::string_view webhook_id);

  std::optional<domain::Webhook> find(std::uint32_t organisation, std::string_view webhook_id);
  std::optional<domain::Webhook> find_by_number(std::uint32_t number);
  /// webhook_ids of all that have this name, newest first, `limit` at most.
  std::vector<std::string> ids_by_name(std::uint32_t organisation, std::string_view name,
                                       std::size_t limit = 20);

  /// Newest first; a webhook keeps its place for life.
  std::variant<WebhookPage, BadCursor> list(std::uint32_t organisation, const WebhookFilter& filter,
                                            const WebhookPageRequest& request);

  /// All active webhooks of all organisations, by number, as they were when this began.
  /// Complexity: a microsecond each, without `visit`. Errors: also those of `visit`.
  void for_each_active(const std::function<void(const ActiveWebhook&)>& visit);

  /// Sets is_active to false for `reason`, which is shown to callers. False: the webhook is gone or
  /// is not active.
  bool disable(std::uint32_t number, std::string_view reason);

  /// Stores what deliveries have found, except for disabled_reason, which is disable()'s. Webhooks
  /// that are gone are passed over. Many at once, in transactions small enough that a caller who
  /// changes a webhook meanwhile does not notice.
  void update_health(std::span<const HealthUpdate> updates);

 private:
  Connections& connections_;
  const base::Vault& vault_;
  const base::Clock& clock_;
  base::Random& random_;
};

}  // namespace sluice::store
