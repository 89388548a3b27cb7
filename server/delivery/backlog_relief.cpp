#include "delivery/backlog_relief.hpp"

#include <algorithm>
#include <utility>

namespace sluice::delivery {
namespace {

constexpr std::size_t kPage = 128;

}  // namespace

void BacklogRelief::begin() {
  begins_again_ = is_reading_;
  if (!is_reading_) ask(std::nullopt);
}

void BacklogRelief::ask(std::optional<OldestKey> after) {
  is_reading_ = true;
  const journal::Sequence below = parts_.budget.crowded_below;
  parts_.ledger.ask([this, below, after](DeliveryRecords& records) {
    return [this, rows = records.waiting_below(below, after, kPage)] {
      is_reading_ = false;
      if (give_up(rows) && rows.size() == kPage) {
        ask(OldestKey{rows.back().first(), rows.back().channel});
      } else if (std::exchange(begins_again_, false)) {
        ask(std::nullopt);
      }
    };
  });
}

// False: there is no room for more at present.
bool BacklogRelief::give_up(const std::vector<WaitingDelivery>& rows) {
  return std::all_of(rows.begin(), rows.end(),
                     [this](const WaitingDelivery& row) { return give_up(row); });
}

// What was changed since the row was read is on its way: answers come in the order of the ledger.
bool BacklogRelief::give_up(const WaitingDelivery& row) {
  const WebhookEntry* webhook = parts_.webhooks.find(row.webhook);
  if (webhook == nullptr || webhook->is_loading) return true;
  DeliveryChannel* channel = webhook->find(row.channel);
  if (channel == nullptr || !channel->is_crowding(row.first(), parts_.clock.steady_now())) return true;
  if (!parts_.in_flight.has_room(channel->is_proven())) return false;
  if (parts_.requeue.is_taken(*channel, row.first())) return true;
  channel->book.erase(row.first());
  parts_.outbox.give_up_waiting(*channel,
                                {.events = row.events,
                                 .attempts = row.attempts,
                                 .made = row.made,
                                 .recipients = row.recipients});
  return true;
}

}  // namespace sluice::delivery
