// Dispatcher::recover(): what failed for good, or happened while a webhook was paused, is queued again:
// a page at a time, so that its memory does not grow with the range.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <vector>

#include "base/clock.hpp"
#include "delivery/dispatcher.hpp"
#include "delivery/event_source.hpp"
#include "delivery/ledger.hpp"
#include "delivery/requeue.hpp"
#include "delivery/webhook_table.hpp"

namespace sluice::delivery {

/// Thread safety: none.
class Recovery {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;
  using Receiver = std::function<void(RecoverReport)>;

  struct Parts {
    const base::Clock& clock;
    Ledger& ledger;
    EventSource& events;
    WebhookTable& webhooks;
    Requeue& requeue;
    std::function<void()> wake;  // step() has something to do again
  };

  explicit Recovery(const Parts& parts);
  ~Recovery();
  Recovery(const Recovery&) = delete;
  Recovery& operator=(const Recovery&) = delete;

  void begin(RecoverRequest request, Receiver receiver);

  /// Reads some events for those that look for missed ones. True: there is more to read now.
  bool step(TimePoint now);
  /// When the first that could not read tries again; kNever: none waits.
  TimePoint retry_at(TimePoint now) const;

 private:
  struct Job;
  using Jobs = std::list<std::shared_ptr<Job>>;

  void begin_known(const std::shared_ptr<Job>& job);
  void read_failed(const std::shared_ptr<Job>& job);
  void queue_failed(const std::shared_ptr<Job>& job, const std::vector<DeadDelivery>& page);
  bool search_missed(const std::shared_ptr<Job>& job, TimePoint now);
  void queue_missed(const std::shared_ptr<Job>& job);
  void finish(const std::shared_ptr<Job>& job, bool was_accepted);
  journal::Sequence first_since(base::Time since);

  Parts parts_;
  Jobs jobs_;
};

}  // namespace sluice::delivery
