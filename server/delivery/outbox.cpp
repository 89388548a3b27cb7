#include "delivery/outbox.hpp"

#include <string>

#include "base/log.hpp"
#include "delivery/webhook_entry.hpp"

namespace sluice::delivery {
namespace {

using Work = DeliveryChannel::Work;

constexpr std::size_t kDeliveriesAStep = 256;
constexpr std::size_t kTurn = 4;  // deliveries of a channel before the others have their turn
constexpr std::size_t kBatchBytes = std::size_t{4} << 20U;
constexpr char kPausedTooLong[] = "the webhook was paused for longer than a delivery waits";
constexpr char kCrowding[] =
    "given up: nothing gets through to the receiver, and what came since nearly fills "
    "journal.backlog_bytes";
constexpr char kDropped[] = "the journal no longer keeps the event";
constexpr char kUnreadable[] = "the journal could not be read";

bool is_expired(Work work) { return work == Work::expired_queued || work == Work::expired_waiting; }
bool is_from_queue(Work work) {
  return work == Work::queued || work == Work::expired_queued || work == Work::crowding_queued;
}

}  // namespace

bool Outbox::fill(TimePoint now) {
  given_up_ = 0;
  while (taken_.size() + given_up_ < kDeliveriesAStep) {
    begins_with_proven_ = !begins_with_proven_;
    const bool first = fill_from(begins_with_proven_, now);
    const bool second = fill_from(!begins_with_proven_, now);
    if (!first && !second) return false;
  }
  return true;
}

// One channel's turn. False: there is none, or no room.
bool Outbox::fill_from(bool is_proven, TimePoint now) {
  DeliveryChannel* channel = parts_.scheduler.first(is_proven);
  if (channel == nullptr) return false;
  for (std::size_t count = 0; count < kTurn; ++count) {
    if (!parts_.table.has_room(is_proven)) return false;
    const DeliveryChannel::Step step = channel->next(now);
    if (step.work == Work::none) break;
    take(*channel, step.work, now);
  }
  parts_.scheduler.rotate(*channel);
  parts_.scheduler.touch(*channel, now);
  return true;
}

void Outbox::take(DeliveryChannel& channel, Work work, TimePoint now) {
  const InFlightTable::Id id = is_from_queue(work) ? take_queued(channel, work, now)
                                                   : add_waiting(channel, channel.take_waiting());
  if (is_expired(work)) {
    give_up(id, kPausedTooLong);
  } else if (work == Work::crowding_queued) {
    ++crowding_;
    give_up(id, kCrowding);
  } else {
    channel.begin_send(now);
    parts_.table.find(id)->is_probe = channel.circuit() == CircuitBreaker::State::half_open;
    taken_.push_back(id);
  }
}

InFlightTable::Id Outbox::take_queued(DeliveryChannel& channel, Work work, TimePoint now) {
  std::size_t bytes = 0;
  const auto may_join = [&](journal::Sequence sequence) {
    if (work == Work::crowding_queued && !channel.is_crowding(sequence, now)) return false;
    return fits(sequence, bytes);
  };
  const InFlightTable::Id id = parts_.table.add(channel, InFlight::Origin::queue,
                                                channel.take_queued(now, may_join), 0);
  parts_.progress.touch(channel);
  return id;
}

InFlightTable::Id Outbox::add_waiting(DeliveryChannel& channel, WaitingBook::Entry entry) {
  const InFlightTable::Id id = parts_.table.add(channel, InFlight::Origin::waiting,
                                                std::move(entry.events), entry.attempts);
  InFlight& delivery = *parts_.table.find(id);
  delivery.made = entry.made;
  delivery.recipients = std::move(entry.recipients);
  return id;
}

void Outbox::give_up(InFlightTable::Id id, const char* reason) {
  ++given_up_;
  std::vector<OwedEvent> events;
  read_events(*parts_.table.find(id), events);  // for the names in the dead delivery
  parts_.settlement.give_up(id, reason);
}

void Outbox::give_up_waiting(DeliveryChannel& channel, WaitingBook::Entry entry) {
  ++crowding_;
  give_up(add_waiting(channel, std::move(entry)), kCrowding);
}

void Outbox::repeat(InFlightTable::Id id) {
  if (parts_.table.find(id) != nullptr) taken_.push_back(id);
}

void Outbox::send(TimePoint now) {
  for (const InFlightTable::Id id : std::exchange(taken_, {})) {
    InFlight* delivery = parts_.table.find(id);
    if (delivery == nullptr) continue;
    if (delivery->channel == nullptr) {
      parts_.table.erase(id);
      continue;
    }
    DeliveryChannel& channel = *delivery->channel;
    const WebhookEntry& webhook = channel.webhook();
    if (webhook.is_active && !webhook.is_loading) {
      send(id, *delivery);
    } else {  // paused since its attempt was to be repeated
      parts_.settlement.set_aside(id);
    }
    parts_.scheduler.touch(channel, now);
  }
}

void Outbox::send(InFlightTable::Id id, InFlight& delivery) {
  Delivery sent;
  if (!read_events(delivery, sent.events)) {
    parts_.settlement.postpone(id, kUnreadable);
    return;
  }
  if (sent.events.empty()) {
    parts_.settlement.give_up(id, kDropped);
    return;
  }
  if (sent.events.size() < delivery.events.size()) {
    std::vector<journal::Sequence> kept;
    for (const OwedEvent& event : sent.events) kept.push_back(event.sequence);
    parts_.settlement.part(id, std::move(kept), kDropped);
    return;
  }
  std::size_t bytes = 0;
  for (const OwedEvent& event : sent.events) bytes += event.json.size();
  delivery.began_at = parts_.clock.now();
  sent.target = delivery.channel->target();
  sent.delivery_id =
      parts_.ids.make({delivery.events.front(), sent.target->webhook, sent.target->channel.number});
  sent.attempt = delivery.made + 1;
  sent.recipients = delivery.recipients;
  sent.now = delivery.began_at;
  parts_.table.begin_send(id, bytes);
  parts_.sender.send(std::move(sent), [&settlement = parts_.settlement, id](Verdict verdict) {
    settlement.settle(id, std::move(verdict));
  });
}

bool Outbox::read_events(InFlight& delivery, std::vector<OwedEvent>& events) {
  events.reserve(delivery.events.size());
  for (const journal::Sequence sequence : delivery.events) {
    const KeptEvent* event = nullptr;
    const ReadOutcome outcome = parts_.cache.get(sequence, event);
    if (outcome == ReadOutcome::failed) return false;
    if (outcome == ReadOutcome::dropped) continue;
    if (event->organisation != delivery.channel->target()->organisation) {
      base::log_error("an event of another organization was not delivered",
                      {{"webhook", delivery.channel->target()->webhook_id}});
      continue;
    }
    events.push_back({event->sequence, event->event_id, event->accepted_at, event->json});
  }
  if (events.empty()) return true;
  delivery.event_id = events.front().event_id;
  delivery.event_type = types_.read(events.front().json);
  delivery.accepted_at = events.front().accepted_at;
  return true;
}

bool Outbox::fits(journal::Sequence sequence, std::size_t& bytes) {
  const KeptEvent* event = nullptr;
  if (parts_.cache.get(sequence, event) == ReadOutcome::event) bytes += event->json.size();
  return bytes <= kBatchBytes;
}

}  // namespace sluice::delivery
