// What delivery keeps, in the two databases: deliveries and attempts in one, the health of webhooks
// in the other, beside the webhooks.
#pragma once

#include "delivery/delivery_records.hpp"

namespace sluice::store {
class DeliveryStore;
class Webhooks;
}  // namespace sluice::store

namespace sluice::delivery {

/// Thread safety: one thread at a time. Lifetime: both outlive it.
class StoredRecords final : public DeliveryRecords {
 public:
  StoredRecords(store::DeliveryStore& deliveries, store::Webhooks& webhooks)
      : deliveries_(deliveries), webhooks_(webhooks) {}

  /// The deliveries' part is one transaction; the webhooks' part goes before it in others, which may
  /// be repeated, and which after a power cut do no harm without it.
  void write(std::span<const RecordChange> changes) override;

  std::vector<WaitingSummary> waiting_channels() override;
  std::vector<WaitingDelivery> waiting(std::uint32_t channel, WaitingOrder order,
                                       std::optional<WaitingKey> after,
                                       std::size_t limit) override;
  std::optional<OldestOwed> oldest_waiting() override;
  std::vector<WaitingDelivery> waiting_below(journal::Sequence below,
                                             std::optional<OldestKey> after,
                                             std::size_t limit) override;
  std::vector<SequenceRange> settled(std::uint32_t channel, SequenceRange range) override;
  std::optional<KnownDelivery> known(std::uint32_t channel, journal::Sequence first) override;
  std::vector<DeadDelivery> dead(std::uint32_t webhook, base::Time since, base::Time until,
                                 std::optional<DeadKey> after, std::size_t limit) override;
  void forget_beyond(journal::Sequence committed_through) override;
  void prune(const std::stop_token& stop) override;

 private:
  store::DeliveryStore& deliveries_;
  store::Webhooks& webhooks_;
};

}  // namespace sluice::delivery
