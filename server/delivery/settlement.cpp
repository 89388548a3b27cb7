#include "delivery/settlement.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include "base/log.hpp"
#include "delivery/retry_schedule.hpp"

namespace sluice::delivery {
namespace {

using namespace std::chrono_literals;

constexpr auto kCancelledPause = 1s;

/// The event's number is what the line of the request that brought it has, too.
void log_attempt(const AttemptRecord& record) {
  if (!base::is_logged(base::LogLevel::debug)) return;
  const bool is_delivered = record.verdict.decision == Decision::delivered;
  base::log_debug("an attempt ended", {{"event", record.events.front()},
                                       {"event_id", record.event_id},
                                       {"delivery_id", record.delivery_id},
                                       {"attempt", record.attempt},
                                       {"outcome", is_delivered ? "delivered" : "failed"},
                                       {"status_code", record.verdict.status_code.value_or(0)}});
}

}  // namespace

void Settlement::settle(InFlightTable::Id id, Verdict verdict) {
  InFlight* delivery = parts_.table.find(id);
  if (delivery == nullptr) return;
  parts_.table.end_send(id);
  parts_.watcher.came_back();
  DeliveryChannel* channel = delivery->channel;
  if (channel == nullptr) {  // its webhook or channel was removed meanwhile
    parts_.table.erase(id);
    return;
  }
  if (verdict.was_cancelled) {
    settle_cancelled(id, *delivery, std::move(verdict));
    return;
  }
  if (!verdict.recipients.empty()) delivery->recipients = std::move(verdict.recipients);
  if (verdict.decision == Decision::delivered) {
    settle_delivered(id, *delivery, std::move(verdict));
  } else if (verdict.was_refused && !delivery->was_repeated) {
    delivery->was_repeated = true;
    parts_.ledger.log(attempt_record(*delivery, std::move(verdict)));
    parts_.watcher.repeat(id, 0ms);
  } else {
    settle_failed(id, *delivery, std::move(verdict));
  }
}

void Settlement::give_up(InFlightTable::Id id, const std::string& reason) {
  InFlight& delivery = *parts_.table.find(id);
  abstain(delivery);
  bury(id, delivery, reason, std::nullopt, {});
}

void Settlement::part(InFlightTable::Id id, std::vector<journal::Sequence> kept,
                      const std::string& reason) {
  InFlight& delivery = *parts_.table.find(id);
  abstain(delivery);
  ++dead_;
  DeadDelivery row = dead_row(delivery, reason);
  std::erase_if(row.events, [&kept](journal::Sequence event) {
    return std::find(kept.begin(), kept.end(), event) != kept.end();
  });
  row.event_id.clear();  // which is that of the first that is kept
  row.event_type.clear();
  // The dead row first: where it has the name of the row that waits it takes its place.
  std::vector<RecordChange> changes;
  changes.emplace_back(std::move(row));
  keep_waiting(id, delivery, std::move(kept), 0us, {}, std::move(changes));
}

void Settlement::set_aside(InFlightTable::Id id) {
  InFlight& delivery = *parts_.table.find(id);
  abstain(delivery);
  keep_waiting(id, delivery, 0us, {}, {});
}

void Settlement::postpone(InFlightTable::Id id, const std::string& reason) {
  InFlight& delivery = *parts_.table.find(id);
  abstain(delivery);
  ++delivery.attempts;
  const auto pause = pause_after_failure(delivery.attempts, jitter());
  if (pause) {
    keep_waiting(id, delivery, *pause, reason, {});
  } else {
    bury(id, delivery, reason, std::nullopt, {});
  }
}

// It ends and has said nothing about the receiver: if it was the probe, another one may be.
void Settlement::abstain(InFlight& delivery) {
  if (std::exchange(delivery.is_probe, false)) delivery.channel->abstain();
}

void Settlement::settle_cancelled(InFlightTable::Id id, InFlight& delivery, Verdict verdict) {
  if (verdict.recipients.empty() || verdict.recipients == delivery.recipients) {
    parts_.watcher.repeat(id, kCancelledPause);
    return;
  }
  // Some recipients have got it, which must not be forgotten.
  abstain(delivery);
  delivery.recipients = std::move(verdict.recipients);
  keep_waiting(id, delivery, kCancelledPause, verdict.error, {});
}

void Settlement::settle_delivered(InFlightTable::Id id, InFlight& delivery, Verdict verdict) {
  DeliveryChannel& channel = *delivery.channel;
  channel.succeed();
  parts_.health.succeeded(channel.webhook(), parts_.clock.now());
  AttemptRecord record = attempt_record(delivery, std::move(verdict));
  if (delivery.origin == InFlight::Origin::queue) {
    parts_.ledger.log(std::move(record));
    finish(id, std::nullopt);
    return;
  }
  // It is in flight until its row is gone: a crash before that sends it once more.
  std::vector<RecordChange> changes;
  changes.emplace_back(std::move(record));
  changes.emplace_back(DeliveredAfterWaiting{channel.number(), delivery.events.front()});
  parts_.ledger.commit(std::move(changes), [this, id] { finish(id, std::nullopt); });
}

void Settlement::settle_failed(InFlightTable::Id id, InFlight& delivery, Verdict verdict) {
  DeliveryChannel& channel = *delivery.channel;
  ++delivery.attempts;
  const auto now = parts_.clock.steady_now();
  channel.fail(now, jitter(), circuit_);
  if (verdict.retry_after)
    channel.hold_until(now +
                       std::min<std::chrono::seconds>(*verdict.retry_after, kLongestRetryAfter));
  const bool failed_for_long = note_failure(channel, delivery, verdict);

  const Decision decision = verdict.decision;
  const std::string error = verdict.error;
  const std::optional<int> status = verdict.status_code;
  const auto pause = pause_after_failure(delivery.attempts, jitter(), verdict.retry_after);
  WebhookEntry& webhook = channel.webhook();
  std::vector<RecordChange> changes;
  changes.emplace_back(attempt_record(delivery, std::move(verdict)));
  if (decision == Decision::retry && pause) {
    keep_waiting(id, delivery, *pause, error, std::move(changes));
  } else {
    bury(id, delivery, error, status, std::move(changes));
  }
  if (decision == Decision::disable) {
    parts_.watcher.disable(webhook, "the receiver answered that it wants nothing more: " + error);
  } else if (failed_for_long) {
    parts_.watcher.disable(webhook, "every delivery has failed for too long; the last: " + error);
  }
}

bool Settlement::note_failure(DeliveryChannel& channel, const InFlight& delivery,
                              const Verdict& verdict) {
  domain::LastError error;
  error.message = verdict.error;
  error.at = parts_.clock.now();
  error.channel = channel.target()->channel.kind;
  error.status_code = verdict.status_code;
  error.event_id = delivery.event_id;
  return parts_.health.failed(channel.webhook(), std::move(error));
}

void Settlement::keep_waiting(InFlightTable::Id id, InFlight& delivery,
                              std::vector<journal::Sequence> events,
                              std::chrono::microseconds pause, const std::string& error,
                              std::vector<RecordChange> changes) {
  DeliveryChannel& channel = *delivery.channel;
  WaitingDelivery row;
  row.webhook = channel.webhook().number;
  row.channel = channel.number();
  row.events = events;
  row.attempts = delivery.attempts;
  row.due_at = parts_.clock.now() + pause;
  row.last_error = error;
  row.made = delivery.made;
  row.recipients = delivery.recipients;
  Entry entry{parts_.clock.steady_now() + pause,
              row.due_at,
              std::move(events),
              delivery.attempts,
              delivery.made,
              delivery.recipients};
  changes.emplace_back(std::move(row));
  parts_.ledger.commit(std::move(changes),
                       [this, id, entry = std::move(entry)] { finish(id, entry); });
}

void Settlement::bury(InFlightTable::Id id, InFlight& delivery, const std::string& reason,
                      std::optional<int> status_code, std::vector<RecordChange> changes) {
  ++dead_;
  DeadDelivery row = dead_row(delivery, reason);
  row.status_code = status_code;
  changes.emplace_back(std::move(row));
  parts_.ledger.commit(std::move(changes), [this, id] { finish(id, std::nullopt); });
}

DeadDelivery Settlement::dead_row(const InFlight& delivery, const std::string& reason) const {
  const DeliveryChannel& channel = *delivery.channel;
  DeadDelivery row;
  row.webhook = channel.webhook().number;
  row.channel = channel.number();
  row.events = delivery.events;
  row.event_id = delivery.event_id;
  row.event_type = delivery.event_type;
  row.accepted_at = delivery.accepted_at;
  row.attempts = delivery.made;
  row.recipients = delivery.recipients;
  row.died_at = parts_.clock.now();
  row.reason = reason;
  return row;
}

// The delivery has ended, or waits as a durable row.
void Settlement::finish(InFlightTable::Id id, std::optional<Entry> waiting) {
  InFlight* delivery = parts_.table.find(id);
  if (delivery == nullptr) return;
  DeliveryChannel* channel = delivery->channel;
  const bool was_waiting = delivery->origin == InFlight::Origin::waiting;
  if (channel != nullptr && !was_waiting) {
    channel->close(delivery->events);
    parts_.progress.touch(*channel);
  }
  parts_.table.erase(id);
  if (channel == nullptr) return;
  if (waiting) {
    channel->book.insert(std::move(*waiting), was_waiting);
  } else if (was_waiting) {
    channel->book.settle();
  }
  parts_.watcher.channel_changed(*channel);
}

AttemptRecord Settlement::attempt_record(InFlight& delivery, Verdict verdict) {
  const DeliveryChannel& channel = *delivery.channel;
  AttemptRecord record;
  record.webhook = channel.webhook().number;
  record.channel = channel.number();
  record.delivery_id = parts_.ids.make({delivery.events.front(), record.webhook, record.channel});
  record.kind = channel.target()->channel.kind;
  record.events = delivery.events;
  record.event_id = delivery.event_id;
  record.event_type = delivery.event_type;
  record.attempt = ++delivery.made;
  record.at = delivery.began_at;
  attempts_.count(channel.webhook().organisation, record.kind, record.events.size(), verdict);
  record.verdict = std::move(verdict);
  log_attempt(record);
  return record;
}

// In [0, 1).
double Settlement::jitter() {
  std::array<std::byte, 4> bytes{};
  parts_.random.fill(bytes);
  std::uint32_t number = 0;
  std::memcpy(&number, bytes.data(), sizeof(number));
  return static_cast<double>(number) / 4294967296.0;
}

}  // namespace sluice::delivery
