// Dispatcher::test(): one event to every channel of a webhook, once, on the way that all deliveries
// take to their receivers; nothing of it is queued, counted as health or tried again.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "base/clock.hpp"
#include "base/random.hpp"
#include "delivery/delivery_id.hpp"
#include "delivery/event_type_reader.hpp"
#include "delivery/ledger.hpp"
#include "delivery/sender.hpp"
#include "delivery/webhook_entry.hpp"

namespace sluice::delivery {

/// Thread safety: none.
class Trial {
 public:
  struct Parts {
    const base::Clock& clock;
    base::Random& random;
    Sender& sender;
    Ledger& ledger;
    DeliveryIds& ids;
  };
  using Receiver = std::function<void(std::vector<AttemptRecord>)>;

  explicit Trial(const Parts& parts) : parts_(parts) {}

  void run(const WebhookEntry& webhook, const OwedEvent& event, Receiver receiver);

 private:
  struct Run;

  void finish(const std::shared_ptr<Run>& run, std::size_t index, Verdict verdict);
  std::string make_id(std::uint32_t webhook, std::uint32_t channel);

  Parts parts_;
  EventTypeReader types_;
};

}  // namespace sluice::delivery
