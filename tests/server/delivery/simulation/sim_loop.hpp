// A loop that owns the time: the next thing happens when everything before it has happened, however
// long it takes.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <utility>

#include "base/clock.hpp"
#include "delivery/loop.hpp"

namespace sluice::testkit {

/// Time goes on only in step(). Both clocks go forward together, but for set_wall(). Tasks of one
/// moment run in the order in which they came.
class SimLoop final : public delivery::Loop, public base::Clock {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  void post(std::function<void()> task) override { run_at(now_, std::move(task)); }
  void run_at(TimePoint time, std::function<void()> task) override {
    tasks_.emplace(std::pair{std::max(time, now_), ++count_}, std::move(task));
  }

  base::Time now() const override {
    return wall_ + std::chrono::floor<std::chrono::microseconds>(now_.time_since_epoch());
  }
  TimePoint steady_now() const override { return now_; }

  /// Runs one task. False: there is none.
  bool step() {
    if (tasks_.empty()) return false;
    auto task = tasks_.extract(tasks_.begin());
    now_ = task.key().first;
    ++steps_;
    task.mapped()();
    return true;
  }
  void run_until(TimePoint time) {
    while (!tasks_.empty() && tasks_.begin()->first.first <= time) step();
    now_ = std::max(now_, time);
  }
  void run_for(std::chrono::microseconds duration) { run_until(now_ + duration); }
  /// Everything that would still happen does not: the process has ended.
  void clear() { tasks_.clear(); }
  /// The time of day jumps.
  void shift_wall(std::chrono::microseconds by) { wall_ += by; }

  std::uint64_t steps() const { return steps_; }
  bool is_idle() const { return tasks_.empty(); }
  std::size_t pending() const { return tasks_.size(); }

 private:
  std::map<std::pair<TimePoint, std::uint64_t>, std::function<void()>> tasks_;
  TimePoint now_{std::chrono::hours{1}};
  base::Time wall_ = std::chrono::sys_days{std::chrono::year{2026} / 1 / 1};
  std::uint64_t count_ = 0;
  std::uint64_t steps_ = 0;
};

}  // namespace sluice::testkit
