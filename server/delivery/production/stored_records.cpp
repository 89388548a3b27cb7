#include "delivery/production/stored_records.hpp"

#include <utility>

#include "config_store/delivery_store.hpp"
#include "config_store/webhooks.hpp"

namespace sluice::delivery {
namespace {

store::AttemptOutcome outcome_of(Decision decision) {
  switch (decision) {
    case Decision::delivered:
      return store::AttemptOutcome::delivered;
    case Decision::retry:
      return store::AttemptOutcome::failed;
    case Decision::permanent:
    case Decision::disable:
      break;
  }
  return store::AttemptOutcome::dead;
}

store::Attempt row_of(const AttemptRecord& attempt) {
  store::Attempt row;
  row.delivery_id = attempt.delivery_id;
  row.webhook = attempt.webhook;
  row.channel = attempt.channel;
  row.channel_kind = attempt.kind;
  row.events = attempt.events;
  row.event_id = attempt.event_id;
  row.event_type = attempt.event_type;
  row.attempt = attempt.attempt;
  row.at = attempt.at;
  row.duration = attempt.verdict.duration;
  row.outcome = outcome_of(attempt.verdict.decision);
  row.status_code = attempt.verdict.status_code;
  row.error = attempt.verdict.error;
  row.request = attempt.verdict.request_summary;
  row.response = attempt.verdict.response_body;
  return row;
}

/// Sorts changes by the database that they belong to, in their order.
struct Sorter {
  std::vector<store::DeliveryChange> deliveries;
  std::vector<store::HealthUpdate> health;
  std::vector<const DisabledWebhook*> disabled;

  void operator()(const AttemptRecord& attempt) { deliveries.emplace_back(row_of(attempt)); }
  void operator()(const WaitingDelivery& waiting) {
    deliveries.emplace_back(store::Retry{waiting.webhook, waiting.channel, waiting.events,
                                         waiting.attempts, waiting.due_at, waiting.last_error,
                                         waiting.made, waiting.recipients});
  }
  void operator()(const DeliveredAfterWaiting& delivered) {
    deliveries.emplace_back(store::EndedDelivery{delivered.channel, delivered.first});
  }
  void operator()(const DeadDelivery& dead) {
    store::DeadLetter letter;
    letter.webhook = dead.webhook;
    letter.channel = dead.channel;
    letter.events = dead.events;
    letter.accepted_at = dead.accepted_at;
    letter.at = dead.died_at;
    letter.event_id = dead.event_id;
    letter.event_type = dead.event_type;
    letter.attempts = dead.attempts;
    letter.status_code = dead.status_code;
    letter.error = dead.reason;
    letter.recipients = dead.recipients;
    deliveries.emplace_back(std::move(letter));
  }
  void operator()(const ChannelGone& gone) {
    deliveries.emplace_back(store::EndedChannel{gone.channel});
  }
  void operator()(const HealthRecord& record) {
    store::HealthUpdate update;
    update.webhook = record.webhook;
    update.health.last_error = record.last_error;
    update.health.last_success_at = record.last_success_at;
    update.health.consecutive_failures = record.consecutive_failures;
    update.health.failing_since = record.failing_since;
    health.push_back(std::move(update));
  }
  void operator()(const DisabledWebhook& webhook) { disabled.push_back(&webhook); }
};

WaitingDelivery waiting_of(store::Retry&& row) {
  return {row.webhook,
          row.channel,
          std::move(row.events),
          row.attempts,
          row.due_at,
          std::move(row.last_error),
          row.made,
          std::move(row.recipients)};
}

}  // namespace

void StoredRecords::write(std::span<const RecordChange> changes) {
  Sorter sorter;
  for (const RecordChange& change : changes) std::visit(sorter, change);
  if (!sorter.health.empty()) webhooks_.update_health(sorter.health);
  for (const DisabledWebhook* webhook : sorter.disabled)
    webhooks_.disable(webhook->webhook, webhook->reason);
  deliveries_.write(sorter.deliveries);  // last: written again, attempts would be there twice
}

std::vector<WaitingSummary> StoredRecords::waiting_channels() {
  std::vector<WaitingSummary> channels;
  for (const store::RetryCount& row : deliveries_.retries().count_by_channel())
    channels.push_back({row.webhook, row.channel, row.count});
  return channels;
}

std::vector<WaitingDelivery> StoredRecords::waiting(std::uint32_t channel, WaitingOrder order,
                                                    std::optional<WaitingKey> after,
                                                    std::size_t limit) {
  std::optional<store::RetryPosition> position;
  if (after) position = {after->due_at, after->first};
  std::vector<store::Retry> rows =
      order == WaitingOrder::due
          ? deliveries_.retries().by_due(channel, position, limit)
          : deliveries_.retries().by_sequence(channel, after ? after->first : 0, limit);
  std::vector<WaitingDelivery> waiting;
  for (store::Retry& row : rows) waiting.push_back(waiting_of(std::move(row)));
  return waiting;
}

std::optional<OldestOwed> StoredRecords::oldest_waiting() {
  const std::optional<store::OldestRetry> oldest = deliveries_.retries().oldest();
  if (!oldest) return std::nullopt;
  return OldestOwed{oldest->first, oldest->webhook};
}

std::vector<WaitingDelivery> StoredRecords::waiting_below(journal::Sequence below,
                                                          std::optional<OldestKey> after,
                                                          std::size_t limit) {
  const OldestKey from = after.value_or(OldestKey{});
  std::vector<WaitingDelivery> waiting;
  for (store::Retry& row : deliveries_.retries().below(below, {from.first, from.channel}, limit))
    waiting.push_back(waiting_of(std::move(row)));
  return waiting;
}

std::vector<SequenceRange> StoredRecords::settled(std::uint32_t channel, SequenceRange range) {
  std::vector<SequenceRange> settled;
  for (const auto& [first, last] : deliveries_.retries().ranges(channel, range.first, range.last))
    settled.push_back({first, last});
  return settled;
}

std::optional<KnownDelivery> StoredRecords::known(std::uint32_t channel, journal::Sequence first) {
  std::optional<store::KnownDelivery> found = deliveries_.retries().known(channel, first);
  if (!found) return std::nullopt;
  return KnownDelivery{std::move(found->events), found->attempts, std::move(found->recipients)};
}

std::vector<DeadDelivery> StoredRecords::dead(std::uint32_t webhook, base::Time since,
                                              base::Time until, std::optional<DeadKey> after,
                                              std::size_t limit) {
  std::optional<store::DeadLetterPosition> position;
  if (after) position = {after->first, after->channel};
  std::vector<DeadDelivery> dead;
  for (store::DeadLetter& row :
       deliveries_.retries().dead(webhook, since, until, position, limit)) {
    DeadDelivery& delivery = dead.emplace_back();
    delivery.webhook = row.webhook;
    delivery.channel = row.channel;
    delivery.events = std::move(row.events);
    delivery.event_id = std::move(row.event_id);
    delivery.event_type = std::move(row.event_type);
    delivery.accepted_at = row.accepted_at;
    delivery.attempts = row.attempts;
    delivery.died_at = row.at;
    delivery.reason = std::move(row.error);
    delivery.status_code = row.status_code;
    delivery.recipients = std::move(row.recipients);
  }
  return dead;
}

void StoredRecords::forget_beyond(journal::Sequence committed_through) {
  deliveries_.retries().forget_beyond(committed_through);
}

void StoredRecords::prune(const std::stop_token& stop) { deliveries_.prune(stop); }

}  // namespace sluice::delivery
