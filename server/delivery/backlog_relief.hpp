// Ends rows that crowd the journal's backlog although nothing gets through to their receivers (D4):
// read from the records oldest first, past the books, which know only what is due next. What is no row
// yet the channels end themselves (DeliveryChannel::next).
#pragma once

#include <optional>
#include <vector>

#include "delivery/in_flight_table.hpp"
#include "delivery/ledger.hpp"
#include "delivery/outbox.hpp"
#include "delivery/requeue.hpp"
#include "delivery/webhook_table.hpp"

namespace sluice::delivery {

/// Thread safety: none.
class BacklogRelief {
 public:
  struct Parts {
    const base::Clock& clock;
    const QueueBudget& budget;
    Ledger& ledger;
    WebhookTable& webhooks;
    InFlightTable& in_flight;
    Requeue& requeue;
    Outbox& outbox;
  };

  explicit BacklogRelief(const Parts& parts) : parts_(parts) {}

  /// Goes through the rows below the budget's crowded_below, once more if it is about that. One page
  /// is on its way at a time, and the next is read when what was given up of the last is durable.
  void begin();

 private:
  void ask(std::optional<OldestKey> after);
  bool give_up(const std::vector<WaitingDelivery>& rows);
  bool give_up(const WaitingDelivery& row);

  Parts parts_;
  bool is_reading_ = false;
  bool begins_again_ = false;
};

}  // namespace sluice::delivery
