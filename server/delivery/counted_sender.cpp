#include "delivery/counted_sender.hpp"

#include <utility>

#include "domain/traffic.hpp"

namespace sluice::delivery {

void CountedSender::send(Delivery delivery, Receiver receiver) {
  const bool is_test = delivery.events.front().sequence == 0;
  if (is_test) return sender_.send(std::move(delivery), std::move(receiver));
  const std::uint32_t organisation = delivery.target->organisation;
  const std::size_t events = delivery.events.size();
  sender_.send(std::move(delivery), [this, organisation, events,
                                     receiver = std::move(receiver)](Verdict verdict) {
    if (!verdict.was_cancelled) {
      traffic_.count(organisation,
                     domain::AttemptCounts{.events = events,
                                           .is_delivered = verdict.decision == Decision::delivered,
                                           .duration = verdict.duration});
    }
    receiver(std::move(verdict));
  });
}

}  // namespace sluice::delivery
