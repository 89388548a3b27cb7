#include "delivery/webhook_table.hpp"

#include <algorithm>

namespace sluice::delivery {

WebhookTable::WebhookTable(TargetSource& source, QueueBudget& budget, const base::Clock& clock,
                           WebhookWatcher& watcher, const Options& options)
    : source_(source), budget_(budget), clock_(clock), watcher_(watcher), options_(options) {}

WebhookEntry& WebhookTable::get(std::uint32_t webhook) {
  std::unique_ptr<WebhookEntry>& place = webhooks_[webhook];
  if (place) return *place;
  WebhookEntry& entry = insert(place, webhook);
  load(entry);
  return entry;
}

WebhookEntry& WebhookTable::insert(std::unique_ptr<WebhookEntry>& place, std::uint32_t webhook) {
  place = std::make_unique<WebhookEntry>(webhook);
  place->place = busy_.insert(busy_.end(), place.get());
  return *place;
}

WebhookEntry::Arrivals& WebhookTable::prepare(std::uint32_t webhook) {
  std::unique_ptr<WebhookEntry>& place = webhooks_[webhook];
  WebhookEntry& entry = place ? *place : insert(place, webhook);
  if (!entry.arrivals) entry.arrivals = std::make_unique<WebhookEntry::Arrivals>();
  return *entry.arrivals;
}

void WebhookTable::load_prepared() {
  std::vector<WebhookEntry*> prepared;
  for (WebhookEntry* webhook : busy_)
    if (webhook->state == WebhookEntry::State::loading && !webhook->is_loading)
      prepared.push_back(webhook);
  for (WebhookEntry* webhook : prepared) load(*webhook);
}

WebhookEntry* WebhookTable::find(std::uint32_t webhook) {
  const auto found = webhooks_.find(webhook);
  return found == webhooks_.end() ? nullptr : found->second.get();
}

void WebhookTable::ask(std::uint32_t webhook, std::function<void(WebhookEntry&)> question) {
  WebhookEntry& entry = get(webhook);
  if (entry.is_loading) {
    entry.arrivals->questions.push_back(std::move(question));
  } else {
    question(entry);
  }
}

void WebhookTable::pause(WebhookEntry& webhook) {
  webhook.is_active = false;
  webhook.paused_since = clock_.steady_now();
  webhook.paused_until = webhook.paused_since + options_.paused_wait;
  for (const auto& channel : webhook.channels) channel->park();
}

void WebhookTable::reload(std::uint32_t webhook, journal::Sequence new_from) {
  WebhookEntry* entry = find(webhook);
  if (entry == nullptr || entry->state == WebhookEntry::State::gone) return;
  if (entry->is_loading) {
    entry->is_outdated = true;
    return;
  }
  entry->arrivals = std::make_unique<WebhookEntry::Arrivals>();
  entry->arrivals->new_from = new_from;
  load(*entry);
}

void WebhookTable::remove(std::uint32_t webhook) {
  WebhookEntry* entry = find(webhook);
  if (entry == nullptr || entry->state == WebhookEntry::State::gone) return;
  if (entry->state == WebhookEntry::State::ready) {
    end_channels_but(*entry, {});
    entry->state = WebhookEntry::State::gone;
    settle(*entry);
  } else {
    entry->is_outdated = true;  // the next answer says that it is gone
  }
}

journal::Sequence WebhookTable::lowest_pending(journal::Sequence otherwise) const {
  return pending_.empty() ? otherwise : std::min(pending_.begin()->first, otherwise);
}

void WebhookTable::hold(WebhookEntry& webhook, journal::Sequence sequence) {
  std::vector<journal::Sequence>& events = webhook.arrivals->events;
  if (events.empty()) pending_.emplace(sequence, webhook.number);
  events.push_back(sequence);
  ++pending_events_;
}

void WebhookTable::settle(WebhookEntry& webhook) {
  const bool is_idle = webhook.state != WebhookEntry::State::loading && !webhook.is_loading &&
                       !webhook.has_work() && !webhook.has_new_health && webhook.pins == 0;
  if (is_idle == webhook.is_idle) return;
  webhook.is_idle = is_idle;
  std::list<WebhookEntry*>& from = is_idle ? busy_ : idle_;
  std::list<WebhookEntry*>& to = is_idle ? idle_ : busy_;
  to.splice(to.end(), from, webhook.place);
}

void WebhookTable::trim() {
  while (idle_.size() > options_.idle_webhooks) {
    const WebhookEntry& oldest = *idle_.front();
    for (const auto& channel : oldest.channels)
      if (channel->has_new_progress) return;  // the next flush is to see it yet
    idle_.pop_front();
    webhooks_.erase(oldest.number);
  }
}

void WebhookTable::load(WebhookEntry& webhook) {
  webhook.is_loading = true;
  webhook.is_outdated = false;
  if (!webhook.arrivals) webhook.arrivals = std::make_unique<WebhookEntry::Arrivals>();
  settle(webhook);
  source_.load(webhook.number, [this, number = webhook.number](auto targets) {
    loaded(number, std::move(targets));
  });
}

void WebhookTable::loaded(std::uint32_t number, std::optional<WebhookTargets> targets) {
  WebhookEntry& webhook = *find(number);  // it stays while it is being loaded
  webhook.is_loading = false;
  if (webhook.is_outdated && targets && webhook.state != WebhookEntry::State::gone) {
    load(webhook);
    return;
  }
  if (webhook.state == WebhookEntry::State::gone) {
    // It was removed while it was being read.
  } else if (targets) {
    apply(webhook, std::move(*targets));
  } else {
    end_channels_but(webhook, {});
    webhook.state = WebhookEntry::State::gone;
  }
  answer(webhook);
}

void WebhookTable::apply(WebhookEntry& webhook, WebhookTargets targets) {
  const bool was_active = webhook.is_active;
  end_channels_but(webhook, targets);
  webhook.organisation = targets.organisation;
  webhook.is_active = targets.is_active;
  if (was_active && !webhook.is_active) pause(webhook);
  for (std::shared_ptr<const DeliveryTarget>& target : targets.channels) {
    const ChannelPolicy policy = read_policy(target->channel, options_.defaults);
    if (DeliveryChannel* channel = webhook.find(target->channel.number)) {
      channel->set_target(std::move(target), policy);
    } else {
      webhook.channels.push_back(
          std::make_unique<DeliveryChannel>(webhook, budget_, std::move(target), policy));
    }
  }
  // What deliveries have said meanwhile is newer than what was read.
  if (webhook.state == WebhookEntry::State::loading) webhook.health = std::move(targets.health);
  webhook.state = WebhookEntry::State::ready;
}

void WebhookTable::end_channels_but(WebhookEntry& webhook, const WebhookTargets& kept) {
  std::erase_if(webhook.channels, [&](const std::unique_ptr<DeliveryChannel>& channel) {
    const bool stays = std::any_of(
        kept.channels.begin(), kept.channels.end(),
        [&](const auto& target) { return target->channel.number == channel->number(); });
    if (!stays) watcher_.channel_ends(*channel);
    return !stays;
  });
}

void WebhookTable::answer(WebhookEntry& webhook) {
  const std::unique_ptr<WebhookEntry::Arrivals> arrivals = std::move(webhook.arrivals);
  watcher_.webhook_known(webhook, *arrivals);
  if (!arrivals->events.empty()) {
    pending_.erase({arrivals->events.front(), webhook.number});
    pending_events_ -= arrivals->events.size();
  }
  for (const auto& question : arrivals->questions) question(webhook);
  settle(webhook);
}

}  // namespace sluice::delivery
