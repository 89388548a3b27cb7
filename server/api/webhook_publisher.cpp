#include "api/webhook_publisher.hpp"

#include <vector>

#include "config_store/webhooks.hpp"
#include "ingest/organisation_scope.hpp"
#include "sluice/pattern.hpp"

namespace sluice::api {

WebhookPublisher::WebhookPublisher(Matcher& matcher, std::function<void(std::uint32_t)> changed,
                                   std::function<void(std::uint32_t)> removed)
    : matcher_(matcher), changed_(std::move(changed)), removed_(std::move(removed)) {}

std::size_t WebhookPublisher::load(store::Webhooks& store) {
  std::size_t count = 0;
  store.for_each_active([this, &count](const store::ActiveWebhook& webhook) {
    put(webhook.number, webhook.organisation, webhook.event_types);
    ++count;
  });
  return count;
}

void WebhookPublisher::publish(const domain::Webhook& webhook) {
  if (webhook.draft.is_active) {
    const std::vector<std::string_view> types(webhook.draft.event_types.begin(),
                                              webhook.draft.event_types.end());
    put(webhook.number, webhook.organisation, types);
  } else {
    matcher_.remove(SubscriptionId{webhook.number});
  }
  changed_(webhook.number);
}

void WebhookPublisher::withdraw(std::uint32_t number) {
  matcher_.remove(SubscriptionId{number});
  removed_(number);
}

void WebhookPublisher::put(std::uint32_t number, std::uint32_t organisation,
                           std::span<const std::string_view> event_types) {
  std::vector<Pattern> patterns;
  patterns.reserve(event_types.size());
  for (const std::string_view text : event_types) {
    // What is stored was validated; a pattern that a later grammar refuses reaches nobody.
    if (const auto pattern = Pattern::parse(text)) patterns.push_back(*pattern);
  }
  const ingest::OrganisationScope scope(organisation);
  matcher_.put(SubscriptionId{number}, scope.text(), patterns);
}

}  // namespace sluice::api
