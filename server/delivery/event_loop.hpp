// The loop of a delivery thread: sockets, timers and what other threads post to it. It stands right
// on epoll: connections want to know no more than "something may have happened", and then one
// system call to send and one to receive are all that a delivery costs.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>

#include "delivery/loop.hpp"

namespace sluice::delivery {

/// Thread safety: post() and stop() from any thread; the rest on the thread that is in run(), or on
/// any one thread while none is.
class EventLoop final : public Loop {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  /// Told that something happened to a descriptor that it watches.
  class Watcher {
   public:
    /// `events` are epoll's. Anything may be watched or unwatched in here.
    virtual void ready(std::uint32_t events) = 0;

   protected:
    ~Watcher() = default;
  };

  /// Errors: std::system_error when the kernel has no descriptors left.
  EventLoop();
  ~EventLoop() override;  // tasks and timers that are left are dropped

  /// Serves until stop(); what ready(), a task or a timer throws comes out here.
  void run();
  /// Ends run() after its present turn, or the next run() at once.
  void stop() noexcept;

  void post(std::function<void()> task) override;
  void run_at(TimePoint time, std::function<void()> task) override;

  /// Tells `watcher` of each change, in both directions, at least once after it came (edge
  /// triggered): it reads and writes until the kernel has no more. False: the kernel refused.
  [[nodiscard]] bool watch(int descriptor, Watcher& watcher) noexcept;
  /// `watcher` hears nothing more, not even what has happened already. Before close(2).
  void unwatch(int descriptor, const Watcher& watcher) noexcept;

 private:
  friend class LoopTimer;
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// Calls `task` on the loop's thread at a time that may be moved. Complexity: O(log timers), and O(1)
/// as a rule for a time later than all others. Thread safety: the loop's thread. Lifetime: the loop
/// outlives it.
class LoopTimer {
 public:
  LoopTimer(EventLoop& loop, std::function<void()> task);
  ~LoopTimer();  // cancels
  LoopTimer(const LoopTimer&) = delete;
  LoopTimer& operator=(const LoopTimer&) = delete;

  /// Replaces an earlier time. Errors: std::bad_alloc.
  void expire_at(EventLoop::TimePoint time);
  void cancel() noexcept;
  bool is_set() const noexcept { return place_ != kNoPlace; }
  EventLoop::TimePoint time() const noexcept { return time_; }

 private:
  friend class TimerHeap;
  static constexpr std::size_t kNoPlace = ~std::size_t{0};

  EventLoop& loop_;
  std::function<void()> task_;
  EventLoop::TimePoint time_{};
  std::size_t place_ = kNoPlace;  // in the heap
};

}  // namespace sluice::delivery
