// Brings rows into the books of their channels: those that are read from the records page by page, and
// those that somebody asks to be delivered once more.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "delivery/delivery_id.hpp"
#include "delivery/dispatcher.hpp"
#include "delivery/event_cache.hpp"
#include "delivery/in_flight_table.hpp"
#include "delivery/ledger.hpp"
#include "delivery/settlement.hpp"
#include "delivery/webhook_table.hpp"

namespace sluice::delivery {

/// Thread safety: none.
class Requeue {
 public:
  struct Parts {
    const base::Clock& clock;
    Ledger& ledger;
    WebhookTable& webhooks;
    EventCache& cache;
    InFlightTable& in_flight;
    DeliveryIds& ids;
    SettlementWatcher& watcher;
  };
  using Receiver = std::function<void(RetryAnswer)>;

  explicit Requeue(const Parts& parts) : parts_(parts) {}

  /// Dispatcher::retry().
  void retry(std::string_view delivery_id, Receiver receiver);

  /// Writes deliveries that are due at once, with all their attempts before them, and calls `then`
  /// when they are durable and their channels know.
  void put(std::vector<WaitingDelivery> rows, std::function<void()> then);

  /// A page that was read for the channel's book.
  void add_page(std::uint32_t webhook, std::uint32_t channel, std::uint32_t generation,
                const std::vector<WaitingDelivery>& rows);

  /// Whether the waiting delivery of this first event was taken and has not ended.
  bool is_taken(const DeliveryChannel& channel, journal::Sequence first);

 private:
  void retry_known(const DeliveryKey& key, KnownDelivery known, const Receiver& receiver);
  DeliveryChannel* find(std::uint32_t webhook, std::uint32_t channel);
  /// First events of the channel's waiting deliveries that were taken and have not ended.
  std::vector<journal::Sequence> taken(const DeliveryChannel& channel);
  WaitingBook::Entry entry_of(const WaitingDelivery& row) const;
  void insert(const WaitingDelivery& row);

  Parts parts_;
};

}  // namespace sluice::delivery
