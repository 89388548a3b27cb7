// One channel of one webhook, while it is owed something: what it is owed, how far it has come, and
// what holds it back. It decides what could be sent next and when; others send, write and read.
//
//   done | open: in flight | queue, in memory | behind: in the journal only | the feed's position
//        ^ lowest_owed()                      ^ refill_from, when lagging
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "delivery/channel_policy.hpp"
#include "delivery/circuit_breaker.hpp"
#include "delivery/progress_store.hpp"
#include "delivery/range_set.hpp"
#include "delivery/sender.hpp"
#include "delivery/sequence_queue.hpp"
#include "delivery/timetable.hpp"
#include "delivery/token_bucket.hpp"
#include "delivery/waiting_book.hpp"

namespace sluice::delivery {

struct WebhookEntry;
class RefillScan;

/// The memory of all queues together, and the journal's room. Every channel may hold kReserved events
/// whatever the others hold, so that a flood for one does not push another out of memory.
struct QueueBudget {
  static constexpr std::size_t kReserved = 16;

  std::size_t used = 0;
  std::size_t most = 4'000'000;
  std::size_t per_channel = 16'384;
  /// What is owed below this keeps everybody's new events out, or soon will (D4); 0: nothing does.
  journal::Sequence crowded_below = 0;
};

/// Thread safety: none.
class DeliveryChannel {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  enum class Work : std::uint8_t {
    none,
    queued,          // deliver what is first in the queue
    waiting,         // deliver what waits for another attempt
    expired_queued,  // give it up: its webhook was paused for too long
    expired_waiting,
    crowding_queued  // give it up: it holds the journal's backlog, and nothing gets through
  };
  struct Step {
    Work work = Work::none;
    TimePoint wake = Timetable::kNever;  // when to look again, for Work::none
  };

  DeliveryChannel(WebhookEntry& webhook, QueueBudget& budget,
                  std::shared_ptr<const DeliveryTarget> target, const ChannelPolicy& policy);
  ~DeliveryChannel();
  DeliveryChannel(const DeliveryChannel&) = delete;
  DeliveryChannel& operator=(const DeliveryChannel&) = delete;

  WebhookEntry& webhook() const noexcept { return webhook_; }
  std::uint32_t number() const noexcept { return target_->channel.number; }
  const std::shared_ptr<const DeliveryTarget>& target() const noexcept { return target_; }
  const ChannelPolicy& policy() const noexcept { return policy_; }
  void set_target(std::shared_ptr<const DeliveryTarget> target, const ChannelPolicy& policy);

  // What is owed.

  /// Nothing below `sequence` is owed to it.
  void begin_at(journal::Sequence sequence) noexcept { frontier_ = std::max(frontier_, sequence); }
  /// Continues where an earlier process stopped.
  void recover(const ChannelProgress& progress);
  /// The records have `count` deliveries of it. They failed, so that it counts as failing for now.
  void recover_waiting(std::uint64_t count, TimePoint now);
  /// The feed has an event for it. False: it is in no queue, and will be read when its turn comes.
  bool offer(journal::Sequence sequence, TimePoint now);
  bool is_lagging() const noexcept { return is_lagging_; }
  journal::Sequence refill_from() const noexcept { return refill_from_; }
  journal::Sequence frontier() const noexcept { return frontier_; }
  /// Whether the journal is to be read again for it now.
  bool wants_refill(TimePoint now) const;
  /// A catch-up scan has come to an event of its webhook. False: it can take no more at present.
  bool refill(journal::Sequence sequence, TimePoint now);
  /// A catch-up scan has come as far as the feed.
  void has_caught_up() noexcept;
  /// Gives up memory while nothing is sent: what it is owed is read again later.
  void park();
  bool has_work() const noexcept;
  std::size_t queued() const noexcept { return queue_.size(); }
  std::uint64_t behind() const noexcept { return behind_; }
  bool is_owed(journal::Sequence sequence) const;
  /// Everything below is done, or is a row of the records.
  journal::Sequence lowest_owed(journal::Sequence feed_position) const;
  ChannelProgress progress(journal::Sequence feed_position) const;

  // What is sent.

  Step next(TimePoint now);
  /// Says that a delivery starts now: next() said queued or waiting.
  void begin_send(TimePoint now);
  /// The events of one delivery from the queue; `fits(sequence)` is asked for each but the first.
  template <class Fits>
  std::vector<journal::Sequence> take_queued(TimePoint now, Fits&& fits);
  WaitingBook::Entry take_waiting();
  /// A delivery from the queue is delivered, or is a row now.
  void close(std::span<const journal::Sequence> events);

  void succeed() noexcept;
  void fail(TimePoint now, double jitter, const CircuitRules& rules);
  /// The attempt said nothing about the receiver.
  void abstain() noexcept { circuit_.release(); }
  void hold_until(TimePoint time) noexcept { held_until_ = std::max(held_until_, time); }

  CircuitBreaker::State circuit() const noexcept { return circuit_.state(); }
  /// The last attempt succeeded: such a channel is preferred when there is not room for all.
  bool is_proven() const noexcept { return is_proven_; }
  bool is_parked() const noexcept;
  /// Nothing gets through: its webhook is paused, its circuit is not closed, or it has only failed for
  /// a minute: an ordered channel, or one that is owed little, is long in failing often.
  bool is_stuck(TimePoint now) const noexcept;
  /// Whether what it is owed at `sequence` crowds the journal's backlog.
  bool is_crowding(journal::Sequence sequence, TimePoint now) const noexcept {
    return sequence < budget_.crowded_below && is_stuck(now);
  }

  WaitingBook book;
  bool is_new = true;  // it has not been given what came in while it was not known
  std::vector<std::uint64_t> in_flight;  // ids of deliveries on their way or being settled

  // Places in the lists of others.
  std::list<DeliveryChannel*> ready_node;  // here while it is in no list of ready channels
  std::list<DeliveryChannel*>::iterator ready_place;
  bool is_ready = false;
  bool is_ready_as_proven = false;
  TimePoint wake_at = Timetable::kNever;  // as the timetable has it
  bool has_new_progress = false;          // is in the list of the ProgressWriter
  RefillScan* scan = nullptr;
  bool awaits_scan = false;

 private:
  Step next_work(TimePoint now) const;
  Step next_ordered(TimePoint now) const;
  Step next_expired(TimePoint now) const;
  bool has_batch(TimePoint now) const;
  std::size_t window() const noexcept;
  std::size_t room() const noexcept;
  void push(journal::Sequence sequence, TimePoint now);
  void pop();
  bool can_join(journal::Sequence sequence, journal::Sequence first) const;
  std::vector<journal::Sequence> finish_take(std::vector<journal::Sequence> events, TimePoint now);

  WebhookEntry& webhook_;
  QueueBudget& budget_;
  std::shared_ptr<const DeliveryTarget> target_;
  ChannelPolicy policy_;

  SequenceQueue queue_;
  RangeSet open_;
  journal::Sequence frontier_ = 0;     // behind the last that was taken from the queue
  journal::Sequence refill_from_ = 0;  // when lagging
  std::uint64_t behind_ = 0;
  TimePoint batch_since_{};

  CircuitBreaker circuit_;
  TokenBucket bucket_;
  TimePoint held_until_{};
  TimePoint failing_since_ = Timetable::kNever;  // the first failure that no success followed
  std::uint32_t window_ = 4;  // deliveries at a time; grows with success, up to the policy's
  bool is_lagging_ = false;
  bool is_proven_ = false;
  bool prefers_queue_ = false;  // waiting and queued deliveries take turns
};

// ------------------------------------------------------------------------------------------------

template <class Fits>
std::vector<journal::Sequence> DeliveryChannel::take_queued(TimePoint now, Fits&& fits) {
  std::vector<journal::Sequence> events;
  do {
    events.push_back(queue_.front());
    pop();
  } while (events.size() < policy_.batch_events && !queue_.is_empty() &&
           can_join(queue_.front(), events.front()) && fits(queue_.front()));
  return finish_take(std::move(events), now);
}

}  // namespace sluice::delivery
