#include "delivery/health_book.hpp"

#include <limits>
#include <utility>

namespace sluice::delivery {

void HealthBook::succeeded(WebhookEntry& webhook, base::Time now) {
  webhook.health.last_success_at = now;
  webhook.health.consecutive_failures = 0;
  webhook.health.failing_since.reset();
  touch(webhook);
}

bool HealthBook::failed(WebhookEntry& webhook, domain::LastError error) {
  HealthRecord& health = webhook.health;
  const base::Time now = error.at;
  if (health.consecutive_failures < std::numeric_limits<std::uint32_t>::max())
    ++health.consecutive_failures;
  if (!health.failing_since) health.failing_since = now;
  health.last_error = std::move(error);
  touch(webhook);
  return now - *health.failing_since >= failing_limit_;
}

void HealthBook::touch(WebhookEntry& webhook) {
  if (webhook.has_new_health) return;
  webhook.has_new_health = true;
  changed_.push_back(&webhook);
}

}  // namespace sluice::delivery
