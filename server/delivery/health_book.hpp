// What deliveries say about their webhooks, gathered for a moment: a webhook that takes a thousand
// deliveries a second is one row to be written, not a thousand.
#pragma once

#include <chrono>
#include <vector>

#include "base/time.hpp"
#include "delivery/delivery_records.hpp"
#include "delivery/webhook_entry.hpp"

namespace sluice::delivery {

/// Thread safety: none.
class HealthBook {
 public:
  explicit HealthBook(std::chrono::seconds failing_limit) : failing_limit_(failing_limit) {}

  void succeeded(WebhookEntry& webhook, base::Time now);
  /// True: it has only failed for too long.
  bool failed(WebhookEntry& webhook, domain::LastError error);

  bool has_news() const noexcept { return !changed_.empty(); }
  /// The records to be written. `settle(webhook)` is called for each of their webhooks.
  template <class Settle>
  std::vector<RecordChange> take(Settle&& settle);

 private:
  void touch(WebhookEntry& webhook);

  std::chrono::seconds failing_limit_;
  std::vector<WebhookEntry*> changed_;  // they stay in their table meanwhile
};

// ------------------------------------------------------------------------------------------------

template <class Settle>
std::vector<RecordChange> HealthBook::take(Settle&& settle) {
  std::vector<RecordChange> records;
  records.reserve(changed_.size());
  for (WebhookEntry* webhook : changed_) {
    webhook->has_new_health = false;
    if (webhook->state == WebhookEntry::State::ready) records.emplace_back(webhook->health);
    settle(*webhook);
  }
  changed_.clear();
  return records;
}

}  // namespace sluice::delivery
