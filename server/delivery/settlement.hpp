// What becomes of a delivery after an attempt: done, a row that waits, or a row that is dead. What must
// survive is durable before the delivery's events count as done (D2).
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.hpp"
#include "base/random.hpp"
#include "delivery/attempt_counts.hpp"
#include "delivery/delivery_id.hpp"
#include "delivery/health_book.hpp"
#include "delivery/in_flight_table.hpp"
#include "delivery/ledger.hpp"
#include "delivery/progress_writer.hpp"
#include "delivery/sender.hpp"

namespace sluice::delivery {

/// What others do about results.
class SettlementWatcher {
 public:
  virtual ~SettlementWatcher() = default;
  SettlementWatcher(const SettlementWatcher&) = delete;
  SettlementWatcher& operator=(const SettlementWatcher&) = delete;

  /// An attempt has ended, whatever comes of it.
  virtual void came_back() = 0;
  /// The channel may be able to send again.
  virtual void channel_changed(DeliveryChannel& channel) = 0;
  /// The same attempt is to be made again after `pause`.
  virtual void repeat(InFlightTable::Id id, std::chrono::milliseconds pause) = 0;
  /// The webhook is to be given up.
  virtual void disable(WebhookEntry& webhook, const std::string& reason) = 0;

 protected:
  SettlementWatcher() = default;
};

/// Thread safety: none.
class Settlement {
 public:
  struct Parts {
    const base::Clock& clock;
    base::Random& random;
    InFlightTable& table;
    Ledger& ledger;
    HealthBook& health;
    ProgressWriter& progress;
    DeliveryIds& ids;
    SettlementWatcher& watcher;
  };

  Settlement(const Parts& parts, const CircuitRules& circuit) : parts_(parts), circuit_(circuit) {}

  /// The result of an attempt.
  void settle(InFlightTable::Id id, Verdict verdict);
  /// The delivery ends without an attempt.
  void give_up(InFlightTable::Id id, const std::string& reason);
  /// Only `kept` of its events can be sent: they wait as a delivery of their own, due at once, and the
  /// others are dead.
  void part(InFlightTable::Id id, std::vector<journal::Sequence> kept, const std::string& reason);
  /// It must not be sent at present: it waits, and its attempt does not count.
  void set_aside(InFlightTable::Id id);
  /// Its events could not be read: it is tried again, as after a failed attempt.
  void postpone(InFlightTable::Id id, const std::string& reason);

  const AttemptTotals& attempts() const noexcept { return attempts_; }
  /// Deliveries that died since the start.
  std::uint64_t dead() const noexcept { return dead_; }

 private:
  using Entry = WaitingBook::Entry;

  AttemptRecord attempt_record(InFlight& delivery, Verdict verdict);
  void abstain(InFlight& delivery);
  void settle_cancelled(InFlightTable::Id id, InFlight& delivery, Verdict verdict);
  void settle_delivered(InFlightTable::Id id, InFlight& delivery, Verdict verdict);
  void settle_failed(InFlightTable::Id id, InFlight& delivery, Verdict verdict);
  void keep_waiting(InFlightTable::Id id, InFlight& delivery, std::chrono::microseconds pause,
                    const std::string& error, std::vector<RecordChange> changes) {
    keep_waiting(id, delivery, delivery.events, pause, error, std::move(changes));
  }
  void keep_waiting(InFlightTable::Id id, InFlight& delivery, std::vector<journal::Sequence> events,
                    std::chrono::microseconds pause, const std::string& error,
                    std::vector<RecordChange> changes);
  void bury(InFlightTable::Id id, InFlight& delivery, const std::string& reason,
            std::optional<int> status_code, std::vector<RecordChange> changes);
  DeadDelivery dead_row(const InFlight& delivery, const std::string& reason) const;
  void finish(InFlightTable::Id id, std::optional<Entry> waiting);
  bool note_failure(DeliveryChannel& channel, const InFlight& delivery, const Verdict& verdict);
  double jitter();

  Parts parts_;
  CircuitRules circuit_;
  AttemptTotals attempts_;
  std::uint64_t dead_ = 0;
};

}  // namespace sluice::delivery
