#include "delivery/production/store_targets.hpp"

#include <memory>
#include <optional>
#include <utility>

#include "base/log.hpp"
#include "config_store/store_error.hpp"
#include "config_store/webhooks.hpp"

namespace sluice::delivery {
namespace {

WebhookTargets targets_of(const domain::Webhook& webhook) {
  WebhookTargets targets;
  targets.organisation = webhook.organisation;
  targets.is_active = webhook.draft.is_active;
  for (const domain::Channel& channel : webhook.draft.channels) {
    auto target = std::make_shared<DeliveryTarget>();
    target->webhook = webhook.number;
    target->webhook_id = webhook.webhook_id;
    target->webhook_name = webhook.draft.name;
    target->organisation = webhook.organisation;
    target->channel = channel;
    targets.channels.push_back(std::move(target));
  }
  targets.health.webhook = webhook.number;
  targets.health.last_error = webhook.health.last_error;
  targets.health.last_success_at = webhook.health.last_success_at;
  targets.health.consecutive_failures = webhook.health.consecutive_failures;
  targets.health.failing_since = webhook.health.failing_since;
  return targets;
}

}  // namespace

void StoreTargets::load(std::uint32_t webhook, Receiver receiver) {
  std::optional<WebhookTargets> targets;
  try {
    if (const auto found = webhooks_.find_by_number(webhook)) targets = targets_of(*found);
  } catch (const store::StoreError& error) {
    base::log_error("a webhook cannot be read",
                    {{"webhook_number", webhook}, {"error", error.what()}});
    return loop_.run_at(std::chrono::steady_clock::now() + kPause,
                        [this, webhook, receiver = std::move(receiver)] {
                          load(webhook, receiver);
                        });
  }
  receiver(std::move(targets));
}

}  // namespace sluice::delivery
