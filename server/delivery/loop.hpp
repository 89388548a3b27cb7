// The thread that delivery runs on, as its state machines see it: an EventLoop, which connections
// share; in a simulation a queue of its own, which owns the time.
#pragma once

#include <chrono>
#include <functional>

namespace sluice::delivery {

/// Thread safety: post() from any thread; run_at() on the loop's thread.
class Loop {
 public:
  virtual ~Loop() = default;
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  /// Runs `task` on the loop's thread, never inside this call, in the order of posting.
  virtual void post(std::function<void()> task) = 0;

  /// Runs `task` once, at `time` or as soon after as the loop is free. It cannot be taken back: a
  /// task that may have become pointless looks for itself.
  virtual void run_at(std::chrono::steady_clock::time_point time, std::function<void()> task) = 0;

 protected:
  Loop() = default;
};

}  // namespace sluice::delivery
