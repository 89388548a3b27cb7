// Timers by their time, with a place in the heap that each knows, so that one which is moved or
// cancelled (as the deadline of nearly every request is) leaves nothing behind.
#pragma once

#include <cstddef>
#include <vector>

#include "delivery/event_loop.hpp"

namespace sluice::delivery {

/// A binary heap of timers that it does not own. Thread safety: none.
class TimerHeap {
 public:
  bool empty() const noexcept { return timers_.empty(); }
  std::size_t size() const noexcept { return timers_.size(); }
  EventLoop::TimePoint earliest() const noexcept { return timers_.front()->time_; }

  void set(LoopTimer& timer, EventLoop::TimePoint time);
  void remove(LoopTimer& timer) noexcept;

  /// Takes the earliest timer out if its time has come. It may be gone after its task was called.
  LoopTimer* take_due(EventLoop::TimePoint now) noexcept;
  static void call(const LoopTimer& timer) { timer.task_(); }

 private:
  void put(std::size_t place, LoopTimer* timer) noexcept;
  void rise(std::size_t place) noexcept;
  void sink(std::size_t place) noexcept;

  std::vector<LoopTimer*> timers_;
};

}  // namespace sluice::delivery
