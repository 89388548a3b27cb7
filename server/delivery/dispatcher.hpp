// START HERE. Brings every event that matched to every channel of the webhooks that it matched, or
// makes it visibly dead (D2): one state machine on one thread, with time, chance and the outside
// world passed in, so that a simulation can drive it through years of faults in seconds.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/random.hpp"
#include "delivery/attempt_counts.hpp"
#include "delivery/circuit_breaker.hpp"
#include "delivery/delivery_id.hpp"
#include "delivery/delivery_records.hpp"
#include "delivery/sender.hpp"

namespace sluice::delivery {

class EventSource;
class Ledger;
class Loop;
class ProgressStore;
class TargetSource;

/// What the dispatcher stands on. Everything outlives it, but for the Sender's receivers: those are
/// not called after its end.
struct DispatcherParts {
  Loop& loop;
  const base::Clock& clock;
  base::Random& random;  // jitter, names of tests
  Sender& sender;
  EventSource& events;
  ProgressStore& progress;
  Ledger& ledger;
  TargetSource& targets;
  DeliveryIds::Secret id_secret{};
  /// The dispatcher disabled this webhook (it is written already): events must no longer match it.
  std::function<void(std::uint32_t webhook)> webhook_disabled;
};

/// Bounds of memory and rules of patience.
struct DispatcherOptions {
  std::size_t in_flight = 8'192;                         // deliveries at a time
  std::size_t in_flight_bytes = std::size_t{64} << 20U;  // of their events
  std::size_t queued = 4'000'000;                        // 8 bytes each, over all channels
  std::size_t queued_per_channel = 16'384;
  std::size_t idle_webhooks = 65'536;  // kept for their next event
  std::size_t cached_event_bytes = std::size_t{32} << 20U;
  std::uint32_t max_in_flight = 16;  // of a channel that does not say
  double slack_per_second = 1.0;
  std::chrono::seconds paused_wait = std::chrono::hours{72};
  std::chrono::seconds failing_limit = std::chrono::hours{120};
  CircuitRules circuit;
};

enum class RetryAnswer : std::uint8_t {
  queued,
  already_waiting,   // it is owed as it is, and an attempt will come
  unknown_delivery,  // no such delivery, or its channel is no more
  event_dropped,     // the journal no longer keeps the event
  unavailable        // stopping
};

struct RecoverRequest {
  enum class Which : std::uint8_t {
    failed,  // dead deliveries of events that died in the range
    missed   // events of the range that the webhook's patterns cover and that did not match it then
  };
  std::uint32_t webhook = 0;
  base::Time since{};
  base::Time until{};
  Which which = Which::failed;
  std::vector<std::string> patterns;  // for missed: the webhook's
};

struct RecoverReport {
  bool was_accepted = false;     // false: too many are running, or no such webhook
  std::uint64_t deliveries = 0;  // queued, counted for each channel
};

struct DispatcherStats {
  std::uint64_t fed_below = 0;  // the feed's position in the journal
  std::uint64_t committed_through = 0;
  OldestOwed oldest_owed;    // what holds the journal's backlog; of a moment ago
  std::uint64_t queued = 0;  // in memory
  std::uint64_t behind = 0;  // owed beyond the queues; counted since the start
  std::uint64_t in_flight = 0;
  std::uint64_t in_flight_bytes = 0;
  std::uint64_t waiting = 0;    // for a later attempt
  std::uint64_t dead = 0;       // since the start
  std::uint64_t crowding = 0;   // of these, given up since they crowded the journal's backlog
  std::uint64_t delivered = 0;  // deliveries since the start; a batch is one
  std::uint64_t delivered_events = 0;
  std::uint64_t failed_attempts = 0;
  std::uint64_t attempts_dropped = 0;
  std::uint64_t channels = 0;  // with something owed
  std::uint64_t open_circuits = 0;
  std::uint64_t paused_channels = 0;
  std::uint64_t lagging_channels = 0;
  std::uint64_t webhooks_disabled = 0;
  std::uint64_t unreadable_events = 0;
  AttemptDurations attempt_durations;
  std::chrono::microseconds feed_age{};  // behind the journal by this much; 0: it is not behind
};

struct ChannelStats {
  std::uint32_t webhook = 0;
  std::uint32_t organisation = 0;
  std::uint32_t channel = 0;
  domain::ChannelKind kind = domain::ChannelKind::webhook;
  CircuitBreaker::State circuit = CircuitBreaker::State::closed;
  bool is_paused = false;
  bool is_lagging = false;
  std::uint64_t queued = 0;
  std::uint64_t behind = 0;
  std::uint64_t in_flight = 0;
  std::uint64_t waiting = 0;
};

/// Thread safety: the loop's thread only; other threads come in through Loop::post.
class Dispatcher {
 public:
  Dispatcher(const DispatcherParts& parts, const DispatcherOptions& options);
  ~Dispatcher();
  Dispatcher(const Dispatcher&) = delete;
  Dispatcher& operator=(const Dispatcher&) = delete;

  /// Recovers from what was persisted and begins to deliver.
  void start();

  /// The journal has new events; for its commit listener.
  void committed();

  /// The webhook was written (a new one need not be told): what follows sees its new state.
  void webhook_changed(std::uint32_t webhook);
  /// The webhook is deleted: what it was owed is cancelled.
  void webhook_removed(std::uint32_t webhook);

  /// Sends `event` (its sequence is 0) to every channel of the webhook, once, and gives the attempts
  /// to `receiver` when they are in the records; none: there is no such webhook.
  void test(std::uint32_t webhook, OwedEvent event,
            std::function<void(std::vector<AttemptRecord>)> receiver);

  /// Calls `receiver` when every attempt that has ended is in the records.
  void flush(std::function<void()> receiver);

  /// Queues a delivery afresh, with all its attempts before it.
  void retry(std::string_view delivery_id, std::function<void(RetryAnswer)> receiver);

  /// Queues what failed or was missed. `receiver` is called when the last of it is queued, which may
  /// take long.
  void recover(RecoverRequest request, std::function<void(RecoverReport)> receiver);

  /// Sends nothing new, waits for what is in flight until `deadline`, writes what it knows and calls
  /// `receiver`.
  void stop(std::chrono::steady_clock::time_point deadline, std::function<void()> receiver);

  DispatcherStats stats() const;
  /// By organisation, since the start. Lifetime: until the loop goes on.
  const std::unordered_map<std::uint32_t, AttemptCounts>& attempts() const;
  /// Channels with something owed, in no order.
  void for_each_channel(const std::function<void(const ChannelStats&)>& visit) const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace sluice::delivery
