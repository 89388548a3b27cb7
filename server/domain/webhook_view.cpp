#include "domain/webhook_view.hpp"

#include <boost/json/array.hpp>

#include "domain/mask.hpp"
#include "domain/secret.hpp"

namespace sluice::domain {
namespace {

using boost::json::object;
using boost::json::value;

value text_or_null(const std::optional<std::string>& text) {
  return text ? value(*text) : value(nullptr);
}

value show_error(const std::optional<LastError>& error) {
  if (!error) return nullptr;
  return {{"message", error->message},
          {"at", base::to_iso8601(error->at)},
          {"channel", to_text(error->channel)},
          {"status_code", error->status_code ? value(*error->status_code) : value(nullptr)},
          {"event_id", error->event_id}};
}

object show_channel(const Channel& channel, Reveal secrets) {
  object configs = masked_configs(channel);
  if (secrets == Reveal::generated_secret && channel.has_generated_secret) {
    configs["secret"] = channel.configs.at("secret");
  }
  const value* secret = channel.configs.if_contains("secret");
  if (secret != nullptr && secret->is_string()) {
    if (auto public_key = public_key_of(secret->get_string()))
      configs["public_key"] = *std::move(public_key);
  }
  return {{"channel", to_text(channel.kind)}, {"configs", std::move(configs)}};
}

}  // namespace

object show_webhook(const Webhook& webhook, Reveal secrets) {
  const WebhookDraft& draft = webhook.draft;
  const WebhookHealth& health = webhook.health;
  boost::json::array channels;
  for (const Channel& channel : draft.channels) channels.push_back(show_channel(channel, secrets));
  return {{"webhook_id", webhook.webhook_id},
          {"webhook_name", draft.name},
          {"description", text_or_null(draft.description)},
          {"event_types", boost::json::array(draft.event_types.begin(), draft.event_types.end())},
          {"channels", std::move(channels)},
          {"is_active", draft.is_active},
          {"created_at", base::to_iso8601(webhook.created_at)},
          {"updated_at", base::to_iso8601(webhook.updated_at)},
          {"last_error", show_error(health.last_error)},
          {"last_success_at",
           health.last_success_at ? value(base::to_iso8601(*health.last_success_at)) : value()},
          {"consecutive_failures", health.consecutive_failures},
          {"disabled_reason", text_or_null(health.disabled_reason)}};
}

}  // namespace sluice::domain
