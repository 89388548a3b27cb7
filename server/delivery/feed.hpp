// Follows the journal and tells every channel what it is owed. It waits for no receiver: a channel
// that cannot take more is left behind, and is caught up with by a scan of its own (Refill).
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>

#include "delivery/event_cache.hpp"
#include "delivery/patient_scan.hpp"
#include "delivery/webhook_table.hpp"

namespace sluice::delivery {

/// Thread safety: none.
class Feed {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;
  /// Whether the channel has queued it.
  using Offer = std::function<bool(DeliveryChannel&, journal::Sequence)>;

  Feed(EventSource& source, EventCache& cache, WebhookTable& webhooks)
      : source_(source), cache_(cache), webhooks_(webhooks) {}

  void start(journal::Sequence from);

  /// Reads some events and offers them to their channels. True: there may be more to read now.
  bool step(TimePoint now, const Offer& offer);

  /// Everything below has been offered, or is held for webhooks that are being loaded.
  journal::Sequence position() const noexcept { return position_; }
  /// Everything below has been offered.
  journal::Sequence fed_below() const { return webhooks_.lowest_pending(position_); }
  /// When to try again, after the journal could not be read; in the past otherwise.
  TimePoint retry_at() const { return scan_ ? scan_->retry_at() : TimePoint{}; }

  /// When the last event that was read had been accepted.
  base::Time last_accepted_at() const noexcept { return last_accepted_at_; }
  std::uint64_t unreadable_events() const { return scan_ ? scan_->unreadable_events() : 0; }

 private:
  void give(const ScannedEvent& event, const Offer& offer);

  EventSource& source_;
  EventCache& cache_;
  WebhookTable& webhooks_;
  std::optional<PatientScan> scan_;
  journal::Sequence position_ = 1;
  base::Time last_accepted_at_{};
};

}  // namespace sluice::delivery
