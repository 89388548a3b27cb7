// A webhook: which events an organisation wants, and the channels that they go to.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.hpp"
#include "domain/channel.hpp"

namespace sluice::base {
class Random;
}

namespace sluice::domain {

/// The last failed attempt of any of the webhook's channels.
struct LastError {
  std::string message;  ///< no secrets in it
  base::Time at;
  ChannelKind channel = ChannelKind::webhook;
  std::optional<int> status_code;  ///< of the receiver's answer, if it answered
  std::string event_id;
};

/// What deliveries say about a webhook; written by delivery, never by callers.
struct WebhookHealth {
  std::optional<LastError> last_error;
  std::optional<base::Time> last_success_at;
  std::uint32_t consecutive_failures = 0;
  std::optional<base::Time> failing_since;     ///< the first failure that no success followed
  std::optional<std::string> disabled_reason;  ///< why the server set is_active to false
};

/// What a caller decides about a webhook: a validated request body.
struct WebhookDraft {
  std::string name;
  std::optional<std::string> description;
  std::vector<std::string> event_types;  ///< names or patterns, at least one, no duplicates
  std::vector<Channel> channels;         ///< at least one
  bool is_active = true;
};

struct Webhook {
  std::uint32_t number =
      0;                   ///< never reused; the engine's SubscriptionId and the journal's webhook
  std::string webhook_id;  ///< wh_ + 10, what callers know it by
  std::uint32_t organisation = 0;
  WebhookDraft draft;
  base::Time created_at;
  base::Time updated_at;
  std::uint64_t version = 1;
  WebhookHealth health;
};

/// Whether `updated_at` may stay: name, description, event types, channels (in their order) and
/// is_active are the same. Channel numbers do not count.
bool have_same_content(const WebhookDraft& one, const WebhookDraft& other);

/// A new `wh_` + 10 alphanumerics. Thread safety: as `random`'s.
std::string make_webhook_id(base::Random& random);

}  // namespace sluice::domain
