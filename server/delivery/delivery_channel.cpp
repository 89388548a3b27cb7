#include "delivery/delivery_channel.hpp"

#include <algorithm>
#include <utility>

#include "delivery/refill.hpp"
#include "delivery/webhook_entry.hpp"

namespace sluice::delivery {
namespace {

constexpr std::size_t kParked = 64;  // events in memory of a channel that nothing is sent to
constexpr std::chrono::minutes kStuckAfter{1};

WaitingOrder order_of(const ChannelPolicy& policy) {
  return policy.is_ordered ? WaitingOrder::sequence : WaitingOrder::due;
}

}  // namespace

DeliveryChannel::DeliveryChannel(WebhookEntry& webhook, QueueBudget& budget,
                                 std::shared_ptr<const DeliveryTarget> target,
                                 const ChannelPolicy& policy)
    : ready_node{this}, webhook_(webhook), budget_(budget) {
  ready_place = ready_node.begin();
  set_target(std::move(target), policy);
}

DeliveryChannel::~DeliveryChannel() { budget_.used -= queue_.size(); }

void DeliveryChannel::set_target(std::shared_ptr<const DeliveryTarget> target,
                                 const ChannelPolicy& policy) {
  target_ = std::move(target);
  policy_ = policy;
  bucket_.set_rate(policy.per_second);
  book.set_order(order_of(policy));
}

// -- what is owed --------------------------------------------------------------------------------

void DeliveryChannel::recover(const ChannelProgress& progress) {
  for (const SequenceRange& range : progress.open) open_.add(range, false);
  frontier_ = progress.frontier;
  refill_from_ = open_.is_empty() ? frontier_ : std::min(open_.front().first, frontier_);
  is_lagging_ = true;
}

void DeliveryChannel::recover_waiting(std::uint64_t count, TimePoint now) {
  book.begin(count);
  failing_since_ = std::min(failing_since_, now);
}

bool DeliveryChannel::offer(journal::Sequence sequence, TimePoint now) {
  if (sequence < frontier_) return false;  // after a restart the feed may be behind the channel
  if (!is_lagging_ && room() > 0) {
    push(sequence, now);
    return true;
  }
  if (!is_lagging_) refill_from_ = sequence;
  is_lagging_ = true;
  ++behind_;
  return false;
}

bool DeliveryChannel::wants_refill(TimePoint now) const {
  if (!is_lagging_ || queue_.size() > room() / 4) return false;
  if (is_crowding(refill_from_, now)) return true;
  if (webhook_.is_active)
    return circuit_.state() == CircuitBreaker::State::closed || queue_.is_empty();
  return queue_.is_empty() && now >= webhook_.paused_until;
}

bool DeliveryChannel::refill(journal::Sequence sequence, TimePoint now) {
  if (sequence < refill_from_) return true;
  // What an earlier process had taken is owed only where it was still open.
  if (sequence >= frontier_ || open_.find(sequence)) {
    if (room() == 0) {
      refill_from_ = sequence;
      return false;
    }
    push(sequence, now);
    behind_ -= behind_ > 0 ? 1 : 0;
  }
  refill_from_ = sequence + 1;
  return true;
}

void DeliveryChannel::has_caught_up() noexcept {
  is_lagging_ = false;
  behind_ = 0;
}

void DeliveryChannel::park() {
  const std::size_t before = queue_.size();
  const journal::Sequence dropped = queue_.truncate(kParked);
  if (dropped == 0) return;
  if (scan != nullptr) scan->remove(*this);  // it is beyond what was dropped
  behind_ += before - queue_.size();
  budget_.used -= before - queue_.size();
  refill_from_ = dropped;
  is_lagging_ = true;
}

bool DeliveryChannel::has_work() const noexcept {
  return !queue_.is_empty() || is_lagging_ || !open_.is_empty() || !in_flight.empty() ||
         !book.is_empty();
}

bool DeliveryChannel::is_owed(journal::Sequence sequence) const {
  if (open_.find(sequence) || queue_.contains(sequence)) return true;
  return is_lagging_ && sequence >= refill_from_;
}

journal::Sequence DeliveryChannel::lowest_owed(journal::Sequence feed_position) const {
  journal::Sequence lowest = feed_position;
  if (is_lagging_) lowest = std::min(lowest, refill_from_);
  if (!queue_.is_empty()) lowest = std::min(lowest, queue_.front());
  if (!open_.is_empty()) lowest = std::min(lowest, open_.front().first);
  return lowest;
}

ChannelProgress DeliveryChannel::progress(journal::Sequence feed_position) const {
  ChannelProgress progress;
  progress.webhook = webhook_.number;
  progress.channel = number();
  progress.is_idle = queue_.is_empty() && !is_lagging_ && open_.is_empty();
  journal::Sequence next = feed_position;
  if (is_lagging_) next = refill_from_;
  if (!queue_.is_empty()) next = queue_.front();
  progress.frontier = std::max(frontier_, next);
  progress.open.assign(open_.ranges().begin(), open_.ranges().end());
  return progress;
}

bool DeliveryChannel::is_parked() const noexcept {
  return !webhook_.is_active || circuit_.state() != CircuitBreaker::State::closed;
}

bool DeliveryChannel::is_stuck(TimePoint now) const noexcept {
  return is_parked() || failing_since_ <= now - kStuckAfter;
}

// How many more events the queue may take.
std::size_t DeliveryChannel::room() const noexcept {
  std::size_t most = is_parked() ? kParked : budget_.per_channel;
  if (budget_.used >= budget_.most) most = std::min(most, QueueBudget::kReserved);
  return most > queue_.size() ? most - queue_.size() : 0;
}

void DeliveryChannel::push(journal::Sequence sequence, TimePoint now) {
  if (queue_.is_empty()) batch_since_ = now;
  queue_.push_back(sequence);
  ++budget_.used;
}

void DeliveryChannel::pop() {
  queue_.pop_front();
  --budget_.used;
}

// A batch that was in flight when an earlier process ended is made again from the same events, so
// that its receiver recognises it.
bool DeliveryChannel::can_join(journal::Sequence sequence, journal::Sequence first) const {
  const std::optional<SequenceRange> range = open_.find(first);
  return range ? range->contains(sequence) : !open_.find(sequence);
}

std::vector<journal::Sequence> DeliveryChannel::finish_take(std::vector<journal::Sequence> events,
                                                            TimePoint now) {
  open_.add({events.front(), events.back()}, !policy_.is_batching());
  frontier_ = std::max(frontier_, events.back() + 1);
  batch_since_ = now;
  prefers_queue_ = false;
  return events;
}

WaitingBook::Entry DeliveryChannel::take_waiting() {
  prefers_queue_ = true;
  return book.take();
}

void DeliveryChannel::close(std::span<const journal::Sequence> events) {
  open_.remove({events.front(), events.back()});
}

}  // namespace sluice::delivery
