// The loop of the HTTP client as the dispatcher's loop.
#pragma once

#include <chrono>
#include <functional>
#include <map>

#include "delivery/event_loop.hpp"
#include "delivery/loop.hpp"

namespace sluice::delivery {

/// One timer, set to the earliest of all tasks. Lifetime: `loop` outlives it.
class AsioLoop final : public Loop {
 public:
  explicit AsioLoop(EventLoop& loop) : loop_(loop), timer_(loop, [this] { run_due(); }) {}

  void post(std::function<void()> task) override { loop_.post(std::move(task)); }

  void run_at(std::chrono::steady_clock::time_point time, std::function<void()> task) override {
    const auto added = tasks_.emplace(time, std::move(task));
    if (added == tasks_.begin()) timer_.expire_at(time);
  }

 private:
  void run_due() {
    const auto now = std::chrono::steady_clock::now();
    while (!tasks_.empty() && tasks_.begin()->first <= now) {
      const std::function<void()> task = std::move(tasks_.begin()->second);
      tasks_.erase(tasks_.begin());
      task();
    }
    if (!tasks_.empty()) timer_.expire_at(tasks_.begin()->first);
  }

  EventLoop& loop_;
  std::multimap<std::chrono::steady_clock::time_point, std::function<void()>> tasks_;
  LoopTimer timer_;
};

}  // namespace sluice::delivery
