// The seam between the dispatcher, which decides what is sent when, and the channels, which know how
// to say it to a webhook, to Slack, to a mail relay or to a provider of short messages.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/time.hpp"
#include "domain/channel.hpp"
#include "journal/sequence.hpp"

namespace sluice::delivery {

/// One channel of one webhook, as the config store had it. Immutable once it is shared; a change of
/// the webhook makes a new one.
struct DeliveryTarget {
  std::uint32_t webhook = 0;
  std::string webhook_id;
  std::string webhook_name;
  std::uint32_t organisation = 0;
  domain::Channel channel;  ///< its configs hold retired secrets too: domain::valid_secrets()
};

struct OwedEvent {
  journal::Sequence sequence = 0;  ///< 0: a test event, which the journal does not hold
  std::string event_id;
  base::Time accepted_at{};
  std::string json;  ///< the event as it was accepted
};

/// One attempt to bring one or several events to one channel.
struct Delivery {
  /// `dlv_` and 26 characters that stand for the first event, the webhook and the channel: the same
  /// over all attempts, after a restart too. Receivers recognise repetitions by it.
  std::string delivery_id;
  std::shared_ptr<const DeliveryTarget> target;
  std::vector<OwedEvent> events;  ///< at least one; several only for channels in batch mode
  std::uint32_t attempt = 1;      ///< from 1; each has a number of its own
  base::Time now{};               ///< of the attempt
  std::string recipients = {};    ///< what earlier attempts said: RecipientOutcomes
};

/// What an attempt's result means for its delivery.
enum class Decision : std::uint8_t {
  delivered,  ///< done
  retry,      ///< try again as the schedule says
  permanent,  ///< trying again is pointless: the delivery is dead
  disable     ///< the receiver wants nothing more: the delivery is dead, its webhook disabled
};

struct Verdict {
  Decision decision = Decision::retry;
  std::optional<int> status_code;
  std::string error;  ///< one sentence for people, without secrets; empty when delivered
  /// The receiver's wish, for retry. The whole channel waits for it.
  std::optional<std::chrono::seconds> retry_after;
  bool was_refused = false;     ///< the connection was refused: tried once more at once
  bool was_cancelled = false;   ///< says nothing about the receiver: sent again, not counted
  std::string response_body;    ///< at most 16 KiB, kept with the attempt
  std::string request_summary;  ///< one line, without secrets
  std::string recipients;       ///< RecipientOutcomes; empty: what was known before holds
  std::chrono::microseconds duration{};
};

/// Sends. Thread safety: the loop's thread only.
class Sender {
 public:
  using Receiver = std::function<void(Verdict)>;

  virtual ~Sender() = default;
  Sender(const Sender&) = delete;
  Sender& operator=(const Sender&) = delete;

  /// Makes one attempt and calls `receiver` exactly once, on the loop's thread, never inside this
  /// call, and within a bounded time (the channel's timeout and a little more).
  virtual void send(Delivery delivery, Receiver receiver) = 0;

 protected:
  Sender() = default;
};

}  // namespace sluice::delivery
