// A thread that does one thing again and again.
#pragma once

#include <chrono>
#include <functional>
#include <thread>

#include "base/mutex.hpp"

namespace sluice::app {

class Periodic {
 public:
  /// Calls `task`, which must not throw, every `interval`, the first time after one.
  Periodic(std::chrono::milliseconds interval, std::function<void()> task);
  /// Waits for a call that is under way.
  ~Periodic();
  Periodic(const Periodic&) = delete;
  Periodic& operator=(const Periodic&) = delete;

 private:
  void run();

  const std::chrono::milliseconds interval_;
  const std::function<void()> task_;
  base::Mutex mutex_;
  base::Condition wake_;
  bool is_stopping_ SLUICE_GUARDED_BY(mutex_) = false;
  std::jthread thread_;  // last: it uses what is above
};

}  // namespace sluice::app
