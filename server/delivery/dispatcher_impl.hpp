// How the parts of the dispatcher hang together: each turn of the loop reads, decides, writes down and
// sends, in this order.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "delivery/backlog_relief.hpp"
#include "delivery/delivery_id.hpp"
#include "delivery/dispatcher.hpp"
#include "delivery/event_cache.hpp"
#include "delivery/feed.hpp"
#include "delivery/health_book.hpp"
#include "delivery/in_flight_table.hpp"
#include "delivery/ledger.hpp"
#include "delivery/loop.hpp"
#include "delivery/outbox.hpp"
#include "delivery/progress_writer.hpp"
#include "delivery/recovery.hpp"
#include "delivery/refill.hpp"
#include "delivery/requeue.hpp"
#include "delivery/scheduler.hpp"
#include "delivery/settlement.hpp"
#include "delivery/trial.hpp"
#include "delivery/webhook_table.hpp"

namespace sluice::delivery {

class Dispatcher::Impl final : public WebhookWatcher, public SettlementWatcher {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  Impl(const DispatcherParts& parts, const DispatcherOptions& options);

  void start();
  void committed();
  void webhook_changed(std::uint32_t webhook);
  void webhook_removed(std::uint32_t webhook);
  void test(std::uint32_t webhook, OwedEvent event, Trial::Receiver receiver);
  void flush(std::function<void()> receiver);
  void retry(std::string_view delivery_id, std::function<void(RetryAnswer)> receiver);
  void recover(RecoverRequest request, std::function<void(RecoverReport)> receiver);
  void stop(TimePoint deadline, std::function<void()> receiver);
  DispatcherStats stats() const;
  const std::unordered_map<std::uint32_t, AttemptCounts>& attempts() const noexcept {
    return settlement_.attempts().by_organisation();
  }
  void for_each_channel(const std::function<void(const ChannelStats&)>& visit) const;

  // WebhookWatcher
  void webhook_known(WebhookEntry& webhook, const WebhookEntry::Arrivals& arrivals) override;
  void channel_ends(DeliveryChannel& channel) override;

  // SettlementWatcher
  void came_back() override;
  void channel_changed(DeliveryChannel& channel) override;
  void repeat(InFlightTable::Id id, std::chrono::milliseconds pause) override;
  void disable(WebhookEntry& webhook, const std::string& reason) override;

 private:
  // Turns.
  void schedule_turn();
  void turn();
  void arm(TimePoint time);
  TimePoint next_wake(TimePoint now) const;
  void look_at(DeliveryChannel& channel, TimePoint now);
  void read_page(DeliveryChannel& channel);
  void write_progress(TimePoint now);
  void write_health(TimePoint now);

  // Beginning and end.
  void begin(const DeliveryProgress& progress, const std::vector<WaitingSummary>& waiting);
  void take(WebhookEntry& webhook, const WebhookEntry::Arrivals& arrivals);
  void drop(const WebhookEntry::Arrivals& arrivals);
  void when_begun(std::function<void()> request);
  void answer_early_requests();
  void check_stopped();
  void finish_stop();

  // Retention.
  void release(TimePoint now);
  OldestOwed oldest_owed() const;
  void relieve(TimePoint now);
  journal::Sequence crowded_below(TimePoint now) const;

  DispatcherParts parts_;
  DispatcherOptions options_;
  DeliveryIds ids_;
  QueueBudget budget_;
  EventCache cache_;
  WebhookTable webhooks_;
  Scheduler scheduler_;
  Refill refill_;
  Feed feed_;
  ProgressWriter progress_;
  HealthBook health_;
  InFlightTable in_flight_;
  Settlement settlement_;
  Outbox outbox_;
  Requeue requeue_;
  BacklogRelief relief_;
  Recovery recovery_;
  Trial trial_;

  bool is_turn_posted_ = false;
  bool is_started_ = false;
  bool is_stopping_ = false;
  bool is_awaiting_rows_ = false;
  bool wants_release_ = false;
  bool is_releasing_ = false;
  bool was_progress_refused_ = false;
  std::vector<TimePoint> armed_;  // turns to come by the clock; the next is last
  TimePoint progress_due_{};
  TimePoint health_due_{};
  TimePoint release_due_{};
  TimePoint relief_due_{};  // to look again, while the backlog is crowded
  journal::Sequence released_below_ = 0;
  OldestOwed oldest_owed_;
  std::uint64_t webhooks_disabled_ = 0;
  std::vector<std::function<void()>> early_requests_;  // that came before it has begun
  std::function<void()> when_stopped_;
};

}  // namespace sluice::delivery
