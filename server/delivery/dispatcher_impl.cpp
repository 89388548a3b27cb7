#include "delivery/dispatcher_impl.hpp"

#include <algorithm>
#include <utility>

#include "base/log.hpp"

namespace sluice::delivery {
namespace {

using namespace std::chrono_literals;

constexpr auto kProgressPause =
    1s;  // when nothing but the feed's position moves, or after an error
constexpr auto kHealthPause = 1s;
// The journal writes files again whose events are released, and makes new ones, at twice the cost,
// when that comes late. In a second a flood fills more of them than it keeps for later.
constexpr auto kReleasePause = 100ms;
constexpr auto kReliefPause = 10s;  // time alone may show that nothing gets through
constexpr auto kPausePerWebhook = 20us;  // so that sweeps over all of them cost little

WebhookTable::Options table_options(const DispatcherOptions& options) {
  return {options.idle_webhooks,
          {options.max_in_flight, options.slack_per_second},
          options.paused_wait};
}

}  // namespace

Dispatcher::Impl::Impl(const DispatcherParts& parts, const DispatcherOptions& options)
    : parts_(parts),
      options_(options),
      ids_(parts.id_secret),
      budget_{0, options.queued, options.queued_per_channel},
      cache_(parts.events, options.cached_event_bytes),
      webhooks_(parts.targets, budget_, parts.clock, *this, table_options(options)),
      refill_(parts.events, cache_),
      feed_(parts.events, cache_, webhooks_),
      progress_(parts.progress),
      health_(options.failing_limit),
      in_flight_(options.in_flight, options.in_flight_bytes),
      settlement_(
          {parts.clock, parts.random, in_flight_, parts.ledger, health_, progress_, ids_, *this},
          options.circuit),
      outbox_({parts.clock, parts.sender, cache_, scheduler_, in_flight_, progress_, ids_,
               settlement_}),
      requeue_({parts.clock, parts.ledger, webhooks_, cache_, in_flight_, ids_, *this}),
      relief_({parts.clock, budget_, parts.ledger, webhooks_, in_flight_, requeue_, outbox_}),
      recovery_({parts.clock, parts.ledger, parts.events, webhooks_, requeue_,
                 [this] { schedule_turn(); }}),
      trial_({parts.clock, parts.random, parts.sender, parts.ledger, ids_}) {}

void Dispatcher::Impl::committed() {
  if (is_started_) schedule_turn();
}

void Dispatcher::Impl::webhook_changed(std::uint32_t webhook) {
  webhooks_.reload(webhook, parts_.events.committed_through() + 1);
}

void Dispatcher::Impl::webhook_removed(std::uint32_t webhook) { webhooks_.remove(webhook); }

// -- turns ---------------------------------------------------------------------------------------

void Dispatcher::Impl::schedule_turn() {
  if (is_turn_posted_) return;
  is_turn_posted_ = true;
  parts_.loop.post([this] { turn(); });
}

void Dispatcher::Impl::turn() {
  is_turn_posted_ = false;
  if (!is_started_) return finish_stop();  // it was stopped before it knew what is owed
  const TimePoint now = parts_.clock.steady_now();
  bool has_more = false;
  if (!is_stopping_) {
    scheduler_.look_at_due(now, [this, now](DeliveryChannel& channel) { look_at(channel, now); });
    has_more = feed_.step(now, [this, now](DeliveryChannel& channel, journal::Sequence sequence) {
      const bool is_queued = channel.offer(sequence, now);
      progress_.touch(channel);
      look_at(channel, now);
      return is_queued;
    });
    has_more |= refill_.step(now, feed_.position(), [this, now](DeliveryChannel& channel) {
      progress_.touch(channel);
      look_at(channel, now);
    });
    has_more |= recovery_.step(now);
    has_more |= outbox_.fill(now);
  }
  write_progress(now);
  outbox_.send(now);
  write_health(now);
  release(now);
  webhooks_.trim();
  if (is_stopping_) check_stopped();
  if (has_more || !outbox_.is_empty()) {
    schedule_turn();
  } else {
    arm(next_wake(now));
  }
}

Dispatcher::Impl::TimePoint Dispatcher::Impl::next_wake(TimePoint now) const {
  TimePoint wake = std::min(refill_.retry_at(now), recovery_.retry_at(now));
  if (!is_stopping_) wake = std::min(wake, scheduler_.next_wake());
  if (feed_.retry_at() > now) wake = std::min(wake, feed_.retry_at());
  if (progress_.has_news() || feed_.fed_below() > progress_.written_fed_below())
    wake = std::min(wake, progress_due_);
  if (health_.has_news()) wake = std::min(wake, health_due_);
  if (wants_release_ && !is_releasing_) wake = std::min(wake, release_due_);
  if (budget_.crowded_below != 0 && !is_releasing_)
    wake = std::min(wake, std::max(relief_due_, release_due_));
  return wake;
}

void Dispatcher::Impl::arm(TimePoint time) {
  if (time >= (armed_.empty() ? TimePoint::max() : armed_.back())) return;
  armed_.push_back(time);
  parts_.loop.run_at(time, [this] {
    armed_.pop_back();
    schedule_turn();
  });
}

// After every change of a channel: may it send, does it need to be refilled, is it idle now?
void Dispatcher::Impl::look_at(DeliveryChannel& channel, TimePoint now) {
  scheduler_.touch(channel, now);
  refill_.touch(channel, now);
  if (channel.book.wants_page()) read_page(channel);
  webhooks_.settle(channel.webhook());
}

void Dispatcher::Impl::read_page(DeliveryChannel& channel) {
  const WaitingBook::PageRequest request = channel.book.begin_page();
  const std::uint32_t webhook = channel.webhook().number;
  const std::uint32_t number = channel.number();
  parts_.ledger.ask([this, request, webhook, number](DeliveryRecords& records) {
    std::vector<WaitingDelivery> rows =
        records.waiting(number, request.order, request.after, WaitingBook::kPage);
    return [this, request, webhook, number, rows = std::move(rows)] {
      requeue_.add_page(webhook, number, request.generation, rows);
    };
  });
}

void Dispatcher::Impl::write_progress(TimePoint now) {
  const journal::Sequence fed_below = feed_.fed_below();
  const bool has_moved = fed_below > progress_.written_fed_below();
  wants_release_ |= has_moved;  // what was released and is read again after a crash is dropped
  const bool is_due = now >= progress_due_;
  const bool is_wanted = progress_.has_news() || (has_moved && (is_due || progress_.awaits_feed()));
  if (!is_wanted || (was_progress_refused_ && !is_due)) return;
  progress_due_ = now + kProgressPause;
  const std::error_code error = progress_.flush(fed_below, feed_.position());
  if (error && !was_progress_refused_) {
    base::log_error("the progress of deliveries cannot be written; a crash now would repeat some",
                    {{"error", error.message()}});
  }
  was_progress_refused_ = static_cast<bool>(error);
  wants_release_ = true;
}

void Dispatcher::Impl::write_health(TimePoint now) {
  if (!health_.has_news() || (now < health_due_ && !is_stopping_)) return;
  health_due_ = now + kHealthPause;
  std::vector<RecordChange> records =
      health_.take([this](WebhookEntry& webhook) { webhooks_.settle(webhook); });
  if (!records.empty()) parts_.ledger.commit(std::move(records), [] {});
}

// -- what the parts ask for ----------------------------------------------------------------------

void Dispatcher::Impl::channel_ends(DeliveryChannel& channel) {
  for (const InFlightTable::Id id : channel.in_flight) in_flight_.find(id)->channel = nullptr;
  channel.in_flight.clear();
  scheduler_.forget(channel);
  refill_.forget(channel);
  progress_.erase(channel);
  parts_.ledger.commit({ChannelGone{channel.webhook().number, channel.number()}}, [] {});
  schedule_turn();
}

// A turn looks whether that was the last one that the stop waits for.
void Dispatcher::Impl::came_back() {
  if (is_stopping_) schedule_turn();
}

void Dispatcher::Impl::channel_changed(DeliveryChannel& channel) {
  look_at(channel, parts_.clock.steady_now());
  wants_release_ = true;
  schedule_turn();
}

void Dispatcher::Impl::repeat(InFlightTable::Id id, std::chrono::milliseconds pause) {
  if (pause == 0ms) {
    outbox_.repeat(id);
    schedule_turn();
    return;
  }
  parts_.loop.run_at(parts_.clock.steady_now() + pause, [this, id] {
    if (is_stopping_) return;
    outbox_.repeat(id);
    schedule_turn();
  });
}

void Dispatcher::Impl::disable(WebhookEntry& webhook, const std::string& reason) {
  if (!webhook.is_active) return;
  webhooks_.pause(webhook);
  ++webhooks_disabled_;
  std::vector<RecordChange> changes;
  changes.emplace_back(webhook.health);
  changes.emplace_back(DisabledWebhook{webhook.number, reason});
  parts_.ledger.commit(std::move(changes), [this, number = webhook.number] {
    if (parts_.webhook_disabled) parts_.webhook_disabled(number);
    webhook_changed(number);
  });
  for (const auto& channel : webhook.channels) channel_changed(*channel);
}

// -- retention -----------------------------------------------------------------------------------

// What is neither owed by a channel now nor by a row that is in the records a moment later is owed
// by nobody: rows are written before their events stop being owed.
void Dispatcher::Impl::release(TimePoint now) {
  wants_release_ |= budget_.crowded_below != 0 && now >= relief_due_;
  if (!wants_release_ || is_releasing_ || now < release_due_) return;
  wants_release_ = false;
  release_due_ = now + kReleasePause + kPausePerWebhook * webhooks_.busy().size();
  relieve(now);
  const OldestOwed oldest = oldest_owed();
  if (oldest.event <= released_below_) {
    oldest_owed_ = oldest;
    return;
  }
  is_releasing_ = true;
  parts_.ledger.ask([this, oldest](DeliveryRecords& records) {
    const OldestOwed waiting = records.oldest_waiting().value_or(oldest);
    return [this, oldest = waiting.event < oldest.event ? waiting : oldest] {
      is_releasing_ = false;
      if (wants_release_) arm(release_due_);
      oldest_owed_ = oldest;
      if (oldest.event <= released_below_) return;
      released_below_ = oldest.event;
      parts_.events.release_below(oldest.event);
    };
  });
}

// One receiver must not keep out everybody's events (D4): what is owed to those where nothing gets
// through is given up, oldest first, before the backlog is full.
void Dispatcher::Impl::relieve(TimePoint now) {
  const journal::Sequence before =
      std::exchange(budget_.crowded_below, is_stopping_ ? 0 : crowded_below(now));
  relief_due_ = now + kReliefPause;
  if (budget_.crowded_below == 0) return;
  relief_.begin();
  if (budget_.crowded_below <= before) return;
  for (const WebhookEntry* webhook : webhooks_.busy()) {
    for (const auto& channel : webhook->channels) {
      if (!channel->is_stuck(now)) continue;
      scheduler_.touch(*channel, now);
      refill_.touch(*channel, now);
    }
  }
  schedule_turn();
}

// Beyond what others are owed, and what the feed has not come to, giving up would make no room.
journal::Sequence Dispatcher::Impl::crowded_below(TimePoint now) const {
  journal::Sequence below = parts_.events.crowded_below();
  if (below == 0) return 0;
  below = std::min(below, feed_.fed_below());
  for (const WebhookEntry* webhook : webhooks_.busy())
    for (const auto& channel : webhook->channels)
      if (!channel->is_stuck(now)) below = std::min(below, channel->lowest_owed(feed_.position()));
  return below;
}

OldestOwed Dispatcher::Impl::oldest_owed() const {
  OldestOwed oldest{feed_.fed_below(), 0};
  for (const WebhookEntry* webhook : webhooks_.busy()) {
    const auto look_at_event = [&](journal::Sequence event) {
      if (event < oldest.event) oldest = {event, webhook->number};
    };
    for (const auto& channel : webhook->channels)
      look_at_event(channel->lowest_owed(feed_.position()));
    if (!webhook->arrivals) continue;
    for (const ChannelProgress& progress : webhook->arrivals->progress)
      look_at_event(progress.open.empty() ? progress.frontier : progress.open.front().first);
  }
  return oldest;
}

}  // namespace sluice::delivery
