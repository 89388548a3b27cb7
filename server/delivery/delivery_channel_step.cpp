// What a channel may send next, and what it learns from results.
#include <algorithm>

#include "delivery/delivery_channel.hpp"
#include "delivery/webhook_entry.hpp"

namespace sluice::delivery {
namespace {

using TimePoint = DeliveryChannel::TimePoint;
using Step = DeliveryChannel::Step;
using Work = DeliveryChannel::Work;

// While nothing is sent rows are written: a few at a time.
constexpr std::size_t kExpiringAtOnce = 16;
constexpr std::size_t kCrowdingAtOnce = 64;

Step wait_until(TimePoint time) { return {Work::none, time}; }

}  // namespace

Step DeliveryChannel::next(TimePoint now) {
  if (webhook_.is_loading) return {};
  if (!queue_.is_empty() && is_crowding(queue_.front(), now) && in_flight.size() < kCrowdingAtOnce)
    return {Work::crowding_queued};
  if (in_flight.size() >= window()) return {};  // their end looks again
  if (!webhook_.is_active) return next_expired(now);
  if (now < held_until_) return has_work() ? wait_until(held_until_) : Step{};
  const Step step = policy_.is_ordered ? next_ordered(now) : next_work(now);
  if (step.work == Work::none) return step;
  if (const TimePoint admission = circuit_.next_admission(); admission > now)
    return wait_until(admission);
  if (const TimePoint token = bucket_.next(now); token > now) return wait_until(token);
  return step;
}

Step DeliveryChannel::next_work(TimePoint now) const {
  const bool has_queued = has_batch(now);
  const WaitingBook::Entry* waiting = book.next();
  if (waiting != nullptr && waiting->due <= now && !(has_queued && prefers_queue_))
    return {Work::waiting};
  if (has_queued) return {Work::queued};
  TimePoint wake = waiting != nullptr ? waiting->due : Timetable::kNever;
  if (!queue_.is_empty()) wake = std::min(wake, batch_since_ + policy_.batch_wait);
  return wait_until(wake);
}

// Order over retries: what failed goes before everything that came after it, and blocks it until
// then. What is not in memory is being read.
Step DeliveryChannel::next_ordered(TimePoint now) const {
  if (!book.is_empty()) {
    const WaitingBook::Entry* waiting = book.next();
    if (waiting == nullptr) return {};
    return waiting->due <= now ? Step{Work::waiting} : wait_until(waiting->due);
  }
  if (has_batch(now)) return {Work::queued};
  return queue_.is_empty() ? Step{} : wait_until(batch_since_ + policy_.batch_wait);
}

// Deliveries of a paused webhook wait for it, but not forever: from the beginning of the pause, or
// from when they became due in it.
Step DeliveryChannel::next_expired(TimePoint now) const {
  const TimePoint until = webhook_.paused_until;
  if (!has_work()) return {};
  if (now < until) return wait_until(until);
  if (!queue_.is_empty()) return {Work::expired_queued};
  const WaitingBook::Entry* waiting = book.next();
  if (waiting == nullptr) return {};
  const TimePoint patience = std::max(until, waiting->due + (until - webhook_.paused_since));
  return patience <= now ? Step{Work::expired_waiting} : wait_until(patience);
}

bool DeliveryChannel::has_batch(TimePoint now) const {
  if (queue_.is_empty()) return false;
  return queue_.size() >= policy_.batch_events || now >= batch_since_ + policy_.batch_wait;
}

std::size_t DeliveryChannel::window() const noexcept {
  if (policy_.is_ordered) return 1;
  return webhook_.is_active ? std::min(window_, policy_.max_in_flight) : kExpiringAtOnce;
}

void DeliveryChannel::begin_send(TimePoint now) {
  circuit_.admit(now);
  bucket_.take(now);
}

void DeliveryChannel::succeed() noexcept {
  circuit_.succeed();
  failing_since_ = Timetable::kNever;
  is_proven_ = true;
  window_ = std::min(window_ + 1, policy_.max_in_flight);
}

void DeliveryChannel::fail(TimePoint now, double jitter, const CircuitRules& rules) {
  is_proven_ = false;
  failing_since_ = std::min(failing_since_, now);
  window_ = std::max(window_ / 2, 1U);
  circuit_.fail(now, jitter, rules);
  if (circuit_.state() != CircuitBreaker::State::closed) park();
}

}  // namespace sluice::delivery
