#include "delivery/timer_heap.hpp"

namespace sluice::delivery {

void TimerHeap::put(std::size_t place, LoopTimer* timer) noexcept {
  timers_[place] = timer;
  timer->place_ = place;
}

void TimerHeap::rise(std::size_t place) noexcept {
  LoopTimer* const timer = timers_[place];
  while (place > 0) {
    const std::size_t parent = (place - 1) / 2;
    if (timers_[parent]->time_ <= timer->time_) break;
    put(place, timers_[parent]);
    place = parent;
  }
  put(place, timer);
}

void TimerHeap::sink(std::size_t place) noexcept {
  LoopTimer* const timer = timers_[place];
  while (true) {
    std::size_t child = 2 * place + 1;
    if (child >= timers_.size()) break;
    if (child + 1 < timers_.size() && timers_[child + 1]->time_ < timers_[child]->time_) ++child;
    if (timer->time_ <= timers_[child]->time_) break;
    put(place, timers_[child]);
    place = child;
  }
  put(place, timer);
}

void TimerHeap::set(LoopTimer& timer, EventLoop::TimePoint time) {
  if (timer.place_ == LoopTimer::kNoPlace) {
    timers_.push_back(&timer);
    timer.place_ = timers_.size() - 1;
  }
  timer.time_ = time;
  rise(timer.place_);
  sink(timer.place_);
}

void TimerHeap::remove(LoopTimer& timer) noexcept {
  const std::size_t place = timer.place_;
  if (place == LoopTimer::kNoPlace) return;
  timer.place_ = LoopTimer::kNoPlace;
  LoopTimer* const last = timers_.back();
  timers_.pop_back();
  if (last == &timer) return;
  put(place, last);
  rise(place);
  sink(last->place_);
}

LoopTimer* TimerHeap::take_due(EventLoop::TimePoint now) noexcept {
  if (timers_.empty() || timers_.front()->time_ > now) return nullptr;
  LoopTimer* const timer = timers_.front();
  remove(*timer);
  return timer;
}

}  // namespace sluice::delivery
