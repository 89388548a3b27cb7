// How the dispatcher takes up what an earlier process left, and how it stops.
#include <algorithm>
#include <utility>

#include "delivery/dispatcher_impl.hpp"

namespace sluice::delivery {
namespace {

using namespace std::chrono_literals;

// A power cut may have taken back events whose delivery was noted already. Their numbers will be
// given to new events, which must not count as done.
void forget_beyond(journal::Sequence committed, DeliveryProgress& progress) {
  progress.fed_below = std::min(progress.fed_below, committed + 1);
  for (ChannelProgress& channel : progress.channels) {
    channel.frontier = std::min(channel.frontier, committed + 1);
    RangeSet open;
    for (const SequenceRange& range : channel.open) open.add(range, false);
    open.cut_above(committed);
    channel.open.assign(open.ranges().begin(), open.ranges().end());
  }
}

// What is a row by now is no longer open: the process ended between the one and the other.
void close_settled(DeliveryRecords& records, DeliveryProgress& progress) {
  for (ChannelProgress& channel : progress.channels) {
    RangeSet open;
    for (const SequenceRange& range : channel.open) open.add(range, false);
    for (const SequenceRange& range : channel.open)
      for (const SequenceRange& settled : records.settled(channel.channel, range))
        open.remove(settled);
    channel.open.assign(open.ranges().begin(), open.ranges().end());
  }
}

}  // namespace

void Dispatcher::Impl::start() {
  DeliveryProgress progress = parts_.progress.restore();
  const journal::Sequence committed = parts_.events.committed_through();
  forget_beyond(committed, progress);
  parts_.ledger.ask([this, committed, progress](DeliveryRecords& records) {
    records.forget_beyond(committed);
    DeliveryProgress left = progress;
    close_settled(records, left);
    return [this, left = std::move(left), waiting = records.waiting_channels()] {
      begin(left, waiting);
    };
  });
}

void Dispatcher::Impl::begin(const DeliveryProgress& progress,
                             const std::vector<WaitingSummary>& waiting) {
  if (is_stopping_) return;
  // What start() has corrected must be known before new events come.
  static_cast<void>(parts_.progress.write(progress.channels, progress.fed_below));
  for (const ChannelProgress& channel : progress.channels)
    webhooks_.prepare(channel.webhook).progress.push_back(channel);
  for (const WaitingSummary& channel : waiting)
    webhooks_.prepare(channel.webhook).waiting.push_back(channel);
  feed_.start(progress.fed_below);
  is_started_ = true;
  webhooks_.load_prepared();
  answer_early_requests();
  schedule_turn();
}

// A webhook that was looked up before it is known what an earlier process left of it would never be
// given that.
void Dispatcher::Impl::when_begun(std::function<void()> request) {
  if (is_started_ || is_stopping_) return request();
  early_requests_.push_back(std::move(request));
}

void Dispatcher::Impl::answer_early_requests() {
  for (const std::function<void()>& request : std::exchange(early_requests_, {})) request();
}

void Dispatcher::Impl::webhook_known(WebhookEntry& webhook,
                                     const WebhookEntry::Arrivals& arrivals) {
  if (webhook.state == WebhookEntry::State::ready) {
    take(webhook, arrivals);
  } else {
    drop(arrivals);
  }
  const TimePoint now = parts_.clock.steady_now();
  for (const auto& channel : webhook.channels) look_at(*channel, now);
  wants_release_ = true;  // what it is owed may crowd the backlog now that it is paused
  schedule_turn();
}

void Dispatcher::Impl::take(WebhookEntry& webhook, const WebhookEntry::Arrivals& arrivals) {
  const TimePoint now = parts_.clock.steady_now();
  WebhookEntry::Arrivals gone;
  for (const ChannelProgress& progress : arrivals.progress) {
    if (DeliveryChannel* channel = webhook.find(progress.channel)) {
      channel->recover(progress);
      progress_.touch(*channel);
    } else {
      gone.progress.push_back(progress);
    }
  }
  for (const WaitingSummary& waiting : arrivals.waiting) {
    if (DeliveryChannel* channel = webhook.find(waiting.channel)) {
      channel->recover_waiting(waiting.count, now);
    } else {
      gone.waiting.push_back(waiting);
    }
  }
  for (const auto& channel : webhook.channels) {
    if (!std::exchange(channel->is_new, false)) continue;  // the feed has given it all of them
    channel->begin_at(arrivals.new_from);
    for (const journal::Sequence sequence : arrivals.events) {
      channel->offer(sequence, now);
      progress_.touch(*channel);
    }
  }
  drop(gone);
}

// What was owed to channels that are no more.
void Dispatcher::Impl::drop(const WebhookEntry::Arrivals& arrivals) {
  for (const ChannelProgress& progress : arrivals.progress)
    progress_.erase(progress.webhook, progress.channel);
  for (const WaitingSummary& waiting : arrivals.waiting)
    parts_.ledger.commit({ChannelGone{waiting.webhook, waiting.channel}}, [] {});
}

// -- the end -------------------------------------------------------------------------------------

void Dispatcher::Impl::stop(TimePoint deadline, std::function<void()> receiver) {
  is_stopping_ = true;
  budget_.crowded_below = 0;
  when_stopped_ = std::move(receiver);
  answer_early_requests();
  parts_.loop.run_at(deadline, [this] { finish_stop(); });
  schedule_turn();
}

// Everything on its way has come back: its rows are the last that are waited for.
void Dispatcher::Impl::check_stopped() {
  if (in_flight_.sending() > 0 || is_awaiting_rows_) return;
  is_awaiting_rows_ = true;
  parts_.ledger.ask([this](DeliveryRecords&) { return [this] { finish_stop(); }; });
}

void Dispatcher::Impl::finish_stop() {
  if (!when_stopped_) return;
  if (is_started_) static_cast<void>(progress_.flush(feed_.fed_below(), feed_.position()));
  std::exchange(when_stopped_, nullptr)();
}

// -- requests ------------------------------------------------------------------------------------

void Dispatcher::Impl::test(std::uint32_t webhook, OwedEvent event, Trial::Receiver receiver) {
  when_begun([this, webhook, event = std::move(event), receiver = std::move(receiver)] {
    webhooks_.ask(webhook, [this, event, receiver](const WebhookEntry& entry) {
      if (is_stopping_) return receiver({});
      trial_.run(entry, event, receiver);
    });
  });
}

void Dispatcher::Impl::flush(std::function<void()> receiver) {
  parts_.ledger.ask([receiver = std::move(receiver)](DeliveryRecords&) { return receiver; });
}

void Dispatcher::Impl::retry(std::string_view delivery_id,
                             std::function<void(RetryAnswer)> receiver) {
  when_begun([this, id = std::string{delivery_id}, receiver = std::move(receiver)] {
    if (is_stopping_) return receiver(RetryAnswer::unavailable);
    requeue_.retry(id, receiver);
  });
}

void Dispatcher::Impl::recover(RecoverRequest request,
                               std::function<void(RecoverReport)> receiver) {
  when_begun([this, request = std::move(request), receiver = std::move(receiver)] {
    if (is_stopping_) return receiver({});
    recovery_.begin(request, receiver);
    schedule_turn();
  });
}

}  // namespace sluice::delivery
