// What delivery keeps in the config store, because people look at it and because it must survive: the
// log of attempts, what waits for its next attempt, what is dead, and the health of webhooks.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <variant>
#include <vector>

#include "base/time.hpp"
#include "delivery/sender.hpp"
#include "delivery/sequence_range.hpp"
#include "domain/channel.hpp"
#include "domain/webhook.hpp"
#include "journal/sequence.hpp"

namespace sluice::delivery {

/// One attempt, for the log.
struct AttemptRecord {
  std::string delivery_id;
  std::uint32_t webhook = 0;
  std::uint32_t channel = 0;
  domain::ChannelKind kind = domain::ChannelKind::webhook;
  std::vector<journal::Sequence> events;  // ascending; empty: a test
  std::string event_id;                   // of the first event
  std::string event_type;                 // of the first event
  std::uint32_t attempt = 1;
  base::Time at{};  // when it began
  Verdict verdict;
};

/// A delivery that waits for its next attempt. (channel, first event) identifies it. It ends the
/// DeadDelivery of the same name, if there is one.
struct WaitingDelivery {
  std::uint32_t webhook = 0;
  std::uint32_t channel = 0;
  std::vector<journal::Sequence> events;  // ascending; several: the same batch again
  std::uint32_t attempts = 0;             // that failed so far, as the schedule counts
  base::Time due_at{};
  std::string last_error;
  std::uint32_t made = 0;  // all attempts so far, also those before somebody asked for it anew
  std::string recipients = {};  // RecipientOutcomes

  journal::Sequence first() const { return events.front(); }
};

/// A delivery that was given up. It ends its WaitingDelivery, if there is one.
struct DeadDelivery {
  std::uint32_t webhook = 0;
  std::uint32_t channel = 0;
  std::vector<journal::Sequence> events;
  std::string event_id;  // of the first event; empty: it is no longer kept
  std::string event_type;
  base::Time accepted_at{};  // of the first event
  std::uint32_t attempts = 0;  // all that were made
  base::Time died_at{};
  std::string reason;
  std::optional<int> status_code;
  std::string recipients = {};  // RecipientOutcomes
};

/// What is kept of a delivery that waits, is dead, or was attempted once.
struct KnownDelivery {
  std::vector<journal::Sequence> events;
  std::uint32_t made = 0;
  std::string recipients;

  friend bool operator==(const KnownDelivery&, const KnownDelivery&) = default;
};

/// The delivery is no longer waiting (it was delivered).
struct DeliveredAfterWaiting {
  std::uint32_t channel = 0;
  journal::Sequence first = 0;
};

/// Every waiting delivery of the channel ends: it is no more.
struct ChannelGone {
  std::uint32_t webhook = 0;
  std::uint32_t channel = 0;
};

/// The health of a webhook as it is now. `failing_since` is the first failure that no success
/// followed.
struct HealthRecord {
  std::uint32_t webhook = 0;
  std::optional<domain::LastError> last_error;
  std::optional<base::Time> last_success_at;
  std::uint32_t consecutive_failures = 0;
  std::optional<base::Time> failing_since;
};

/// Sets is_active to false, with a reason.
struct DisabledWebhook {
  std::uint32_t webhook = 0;
  std::string reason;
};

using RecordChange = std::variant<AttemptRecord, WaitingDelivery, DeliveredAfterWaiting,
                                  DeadDelivery, ChannelGone, HealthRecord, DisabledWebhook>;

/// The order in which a channel's waiting deliveries are tried.
enum class WaitingOrder : std::uint8_t {
  due,      // by due_at, then by first event
  sequence  // by first event: ordered channels
};

/// Where a page of waiting deliveries ended; the next one begins behind it.
struct WaitingKey {
  base::Time due_at{};  // not used with WaitingOrder::sequence
  journal::Sequence first = 0;
};

/// Where a page of the oldest waiting deliveries ended.
struct OldestKey {
  journal::Sequence first = 0;
  std::uint32_t channel = 0;
};

/// Where a page of dead deliveries ended.
struct DeadKey {
  journal::Sequence first = 0;
  std::uint32_t channel = 0;
};

/// The event from which on the journal must be kept.
struct OldestOwed {
  journal::Sequence event = 0;
  std::uint32_t webhook = 0;  // that it is owed to; 0: nobody known yet

  friend bool operator==(const OldestOwed&, const OldestOwed&) = default;
};

/// All that waits of one channel.
struct WaitingSummary {
  std::uint32_t webhook = 0;
  std::uint32_t channel = 0;
  std::uint64_t count = 0;
};

/// Blocking; called on the thread of records. Errors: what the store throws; the call is made again
/// then, and what of it has happened does not happen twice. Thread safety: one thread at a time.
class DeliveryRecords {
 public:
  virtual ~DeliveryRecords() = default;
  DeliveryRecords(const DeliveryRecords&) = delete;
  DeliveryRecords& operator=(const DeliveryRecords&) = delete;

  /// Durable when it returns: attempts and deliveries together, in this order, and none before the
  /// webhooks' health.
  virtual void write(std::span<const RecordChange> changes) = 0;

  virtual std::vector<WaitingSummary> waiting_channels() = 0;
  virtual std::vector<WaitingDelivery> waiting(std::uint32_t channel, WaitingOrder order,
                                               std::optional<WaitingKey> after,
                                               std::size_t limit) = 0;
  /// The oldest event of any waiting delivery, and whose it is.
  virtual std::optional<OldestOwed> oldest_waiting() = 0;
  /// Waiting deliveries of all channels whose first event is below `below`, by (first event, channel),
  /// behind `after`.
  virtual std::vector<WaitingDelivery> waiting_below(journal::Sequence below,
                                                     std::optional<OldestKey> after,
                                                     std::size_t limit) = 0;

  /// Those of the channel that wait or are dead, and whose first event is in `range`: their events,
  /// from the first to the last.
  virtual std::vector<SequenceRange> settled(std::uint32_t channel, SequenceRange range) = 0;

  /// The delivery as it waits, as it is dead, or else as its newest attempt in the log has it.
  virtual std::optional<KnownDelivery> known(std::uint32_t channel, journal::Sequence first) = 0;
  /// Dead deliveries whose first event was accepted in [since, until), by (first event, channel),
  /// behind `after`.
  virtual std::vector<DeadDelivery> dead(std::uint32_t webhook, base::Time since, base::Time until,
                                         std::optional<DeadKey> after, std::size_t limit) = 0;

  /// A power cut took back what is beyond `committed_through`, and other events will get those
  /// numbers: waiting and dead deliveries lose such events, and end when they lose their first.
  virtual void forget_beyond(journal::Sequence committed_through) = 0;

  /// Drops what retention does not keep, until `stop` is requested.
  virtual void prune(const std::stop_token& stop) = 0;

 protected:
  DeliveryRecords() = default;
};

}  // namespace sluice::delivery
