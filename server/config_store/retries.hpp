// What deliveries owe and have failed to do: retries that are due some time, and dead letters.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "base/time.hpp"
#include "config_store/attempts.hpp"
#include "config_store/page.hpp"

namespace sluice::store {

class AttemptInsertion;
class Connections;
class Database;

/// A delivery that waits for its next attempt. Channel and first event identify it.
struct Retry {
  std::uint32_t webhook = 0;
  std::uint32_t channel = 0;
  std::vector<std::uint64_t> events;  // in the journal, ascending, at least one; several: a batch
  std::uint32_t attempts = 0;         // that failed so far, as the schedule counts
  base::Time due_at;
  std::string last_error;
  std::uint32_t made = 0;  // all attempts so far
  std::string recipients = {};  // what became of each, as delivery writes it
};

/// A delivery that will not be tried again unless somebody asks for it.
struct DeadLetter {
  std::uint32_t webhook = 0;
  std::uint32_t channel = 0;
  std::vector<std::uint64_t> events;
  base::Time accepted_at;  // the first event
  base::Time at;           // when it was given up
  std::string event_id;
  std::string event_type;
  std::uint32_t attempts = 0;  // that were made
  std::optional<int> status_code;
  std::string error;
  std::string recipients = {};  // what became of each
};

/// What is kept of a delivery.
struct KnownDelivery {
  std::vector<std::uint64_t> events;
  std::uint32_t attempts = 0;  // that were made
  std::string recipients = {};  // what became of each
};

/// The delivery is neither any more: it was delivered, or cancelled.
struct EndedDelivery {
  std::uint32_t channel = 0;
  std::uint64_t first = 0;
};

/// No delivery of the channel waits any more.
struct EndedChannel {
  std::uint32_t channel = 0;
};

/// A delivery is a retry, a dead letter or neither: each of these replaces what was known of it.
using DeliveryChange = std::variant<Attempt, Retry, DeadLetter, EndedDelivery, EndedChannel>;

/// How many retries a channel has.
struct RetryCount {
  std::uint32_t webhook = 0;
  std::uint32_t channel = 0;
  std::uint64_t count = 0;
};

struct OldestRetry {
  std::uint64_t first = 0;
  std::uint32_t webhook = 0;
};

/// Behind which retry or dead letter a list goes on.
struct RetryPosition {
  base::Time due_at;
  std::uint64_t first = 0;
};
struct DeadLetterPosition {
  std::uint64_t first = 0;
  std::uint32_t channel = 0;
};
struct OldestPosition {
  std::uint64_t first = 0;
  std::uint32_t channel = 0;
};

/// Thread safety: every member, from any thread. Calls block. Errors: StoreError; std::bad_alloc.
class Retries {
 public:
  explicit Retries(Connections& connections) noexcept : connections_(connections) {}

  std::vector<RetryCount> count_by_channel();
  /// Of a channel, by due time and first event, behind `after`.
  std::vector<Retry> by_due(std::uint32_t channel, const std::optional<RetryPosition>& after,
                            std::size_t limit);
  /// Of a channel, by first event, behind `after`.
  std::vector<Retry> by_sequence(std::uint32_t channel, std::uint64_t after, std::size_t limit);
  /// The retry whose first event is the oldest.
  std::optional<OldestRetry> oldest();
  /// Of all channels, those whose first event is before `end`, by first event and channel, behind
  /// `after`.
  std::vector<Retry> below(std::uint64_t end, OldestPosition after, std::size_t limit);
  /// From the first to the last event of every retry and dead letter of the channel whose first event
  /// is from `first` to `last`.
  std::vector<std::pair<std::uint64_t, std::uint64_t>> ranges(std::uint32_t channel,
                                                              std::uint64_t first,
                                                              std::uint64_t last);
  /// A delivery as its retry, its dead letter or else its newest attempt has it.
  std::optional<KnownDelivery> known(std::uint32_t channel, std::uint64_t first);
  /// Dead letters of a webhook whose first event was accepted from `since` to before `until`, by first
  /// event and channel, behind `after`.
  std::vector<DeadLetter> dead(std::uint32_t webhook, base::Time since, base::Time until,
                               const std::optional<DeadLetterPosition>& after, std::size_t limit);
  /// Events beyond `last` are no more: retries and dead letters lose them, and end with their first,
  /// as attempts do.
  void forget_beyond(std::uint64_t last);

 private:
  Connections& connections_;
};

/// Within a transaction. Attempts go to `attempts`.
void apply(Database& database, AttemptInsertion& attempts, const DeliveryChange& change);

}  // namespace sluice::store
