#include "delivery/requeue.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "delivery/recipient_outcomes.hpp"
#include "delivery/retry_schedule.hpp"

namespace sluice::delivery {

void Requeue::retry(std::string_view delivery_id, Receiver receiver) {
  const std::optional<DeliveryKey> key = parts_.ids.parse(delivery_id);
  if (!key) {
    receiver(RetryAnswer::unknown_delivery);
    return;
  }
  // What is neither waiting nor dead nor in the log was never a delivery, whatever its name decodes
  // to: nobody gets events by inventing names.
  parts_.ledger.ask([this, key = *key, receiver = std::move(receiver)](DeliveryRecords& records) {
    std::optional<KnownDelivery> known = records.known(key.channel, key.first);
    return [this, key, receiver, known = std::move(known)] {
      if (!known || known->events.empty()) {
        receiver(RetryAnswer::unknown_delivery);
        return;
      }
      parts_.webhooks.ask(key.webhook, [this, key, receiver, known](WebhookEntry&) {
        retry_known(key, *known, receiver);
      });
    };
  });
}

void Requeue::retry_known(const DeliveryKey& key, KnownDelivery known, const Receiver& receiver) {
  const DeliveryChannel* channel = find(key.webhook, key.channel);
  if (channel == nullptr) {
    receiver(RetryAnswer::unknown_delivery);
    return;
  }
  if (channel->is_owed(key.first) || is_taken(*channel, key.first)) {
    receiver(RetryAnswer::already_waiting);
    return;
  }
  const KeptEvent* event = nullptr;
  if (parts_.cache.get(key.first, event) != ReadOutcome::event) {
    receiver(RetryAnswer::event_dropped);
    return;
  }
  WaitingDelivery row;
  row.webhook = key.webhook;
  row.channel = key.channel;
  row.events = std::move(known.events);
  row.due_at = parts_.clock.now();
  row.made = known.made;
  row.recipients = RecipientOutcomes::accepted_of(known.recipients);
  put({std::move(row)}, [receiver] { receiver(RetryAnswer::queued); });
}

void Requeue::put(std::vector<WaitingDelivery> rows, std::function<void()> then) {
  std::vector<RecordChange> changes(rows.begin(), rows.end());
  parts_.ledger.commit(std::move(changes), [this, rows = std::move(rows), then = std::move(then)] {
    for (const WaitingDelivery& row : rows) insert(row);
    then();
  });
}

void Requeue::add_page(std::uint32_t webhook, std::uint32_t number, std::uint32_t generation,
                       const std::vector<WaitingDelivery>& rows) {
  DeliveryChannel* channel = find(webhook, number);
  if (channel == nullptr) return;
  std::vector<WaitingBook::Entry> page;
  page.reserve(rows.size());
  for (const WaitingDelivery& row : rows) page.push_back(entry_of(row));
  channel->book.add_page(std::move(page), generation, taken(*channel));
  parts_.watcher.channel_changed(*channel);
}

void Requeue::insert(const WaitingDelivery& row) {
  DeliveryChannel* channel = find(row.webhook, row.channel);
  if (channel == nullptr) return;
  // One that is on its way ends as its attempt says.
  if (is_taken(*channel, row.first())) return;
  channel->book.insert(entry_of(row), false);
  parts_.watcher.channel_changed(*channel);
}

DeliveryChannel* Requeue::find(std::uint32_t webhook, std::uint32_t channel) {
  const WebhookEntry* entry = parts_.webhooks.find(webhook);
  return entry == nullptr ? nullptr : entry->find(channel);
}

std::vector<journal::Sequence> Requeue::taken(const DeliveryChannel& channel) {
  std::vector<journal::Sequence> firsts;
  for (const InFlightTable::Id id : channel.in_flight) {
    const InFlight& delivery = *parts_.in_flight.find(id);
    if (delivery.origin == InFlight::Origin::waiting) firsts.push_back(delivery.events.front());
  }
  return firsts;
}

bool Requeue::is_taken(const DeliveryChannel& channel, journal::Sequence first) {
  return std::any_of(channel.in_flight.begin(), channel.in_flight.end(), [&](InFlightTable::Id id) {
    const InFlight& delivery = *parts_.in_flight.find(id);
    return delivery.origin == InFlight::Origin::waiting && delivery.events.front() == first;
  });
}

WaitingBook::Entry Requeue::entry_of(const WaitingDelivery& row) const {
  // In the past when it is overdue: a pause is counted from when it became due, not from here.
  std::chrono::microseconds wait = row.due_at - parts_.clock.now();
  // No pause is so long: the clock was set back since, and the delivery shall not wait for it.
  if (wait > kLongestPause) wait = std::chrono::microseconds{0};
  return {parts_.clock.steady_now() + wait,
          row.due_at,
          row.events,
          row.attempts,
          row.made,
          row.recipients};
}

}  // namespace sluice::delivery
