// What the dispatcher says of itself.
#include <algorithm>

#include "delivery/dispatcher_impl.hpp"

namespace sluice::delivery {

DispatcherStats Dispatcher::Impl::stats() const {
  DispatcherStats stats;
  stats.fed_below = feed_.fed_below();
  stats.committed_through = parts_.events.committed_through();
  stats.oldest_owed = oldest_owed_;
  stats.queued = budget_.used;
  stats.in_flight = in_flight_.size();
  stats.in_flight_bytes = in_flight_.bytes();
  stats.dead = settlement_.dead();
  stats.crowding = outbox_.crowding();
  for (const auto& [organisation, counts] : settlement_.attempts().by_organisation()) {
    stats.delivered += counts.delivered;
    stats.delivered_events += counts.delivered_events;
    stats.failed_attempts += counts.failed;
  }
  stats.attempt_durations = settlement_.attempts().by_kind();
  stats.attempts_dropped = parts_.ledger.attempts_dropped();
  stats.webhooks_disabled = webhooks_disabled_;
  stats.unreadable_events = feed_.unreadable_events() + refill_.unreadable_events();
  if (stats.fed_below <= stats.committed_through && feed_.last_accepted_at() != base::Time{})
    stats.feed_age = std::max<std::chrono::microseconds>(
        parts_.clock.now() - feed_.last_accepted_at(), std::chrono::microseconds{0});
  for_each_channel([&stats](const ChannelStats& channel) {
    ++stats.channels;
    stats.behind += channel.behind;
    stats.waiting += channel.waiting;
    stats.open_circuits += channel.circuit == CircuitBreaker::State::closed ? 0 : 1;
    stats.paused_channels += channel.is_paused ? 1 : 0;
    stats.lagging_channels += channel.is_lagging ? 1 : 0;
  });
  return stats;
}

void Dispatcher::Impl::for_each_channel(
    const std::function<void(const ChannelStats&)>& visit) const {
  for (const WebhookEntry* webhook : webhooks_.busy()) {
    for (const auto& channel : webhook->channels) {
      if (!channel->has_work()) continue;
      ChannelStats stats;
      stats.webhook = webhook->number;
      stats.organisation = webhook->organisation;
      stats.channel = channel->number();
      stats.kind = channel->target()->channel.kind;
      stats.circuit = channel->circuit();
      stats.is_paused = !webhook->is_active;
      stats.is_lagging = channel->is_lagging();
      stats.queued = channel->queued();
      stats.behind = channel->behind();
      stats.in_flight = channel->in_flight.size();
      stats.waiting = channel->book.count();
      visit(stats);
    }
  }
}

}  // namespace sluice::delivery
