// Time that stands still until a test moves it.
#pragma once

#include "base/clock.hpp"
#include "base/mutex.hpp"

namespace sluice::testkit {

/// Thread safety: every member, from any thread.
class ManualClock final : public base::Clock {
 public:
  /// Begins on 2026-01-01 at noon.
  explicit ManualClock(base::Time now = std::chrono::sys_days{std::chrono::year{2026} / 1 / 1} +
                                        std::chrono::hours{12})
      : now_(now) {}

  base::Time now() const override {
    const base::MutexLock lock(mutex_);
    return now_;
  }
  std::chrono::steady_clock::time_point steady_now() const override {
    const base::MutexLock lock(mutex_);
    return steady_now_;
  }

  /// Both clocks go forward together.
  void advance(std::chrono::microseconds duration) {
    const base::MutexLock lock(mutex_);
    now_ += duration;
    steady_now_ += duration;
  }

  /// The time of day jumps, as when somebody sets the machine's clock.
  void set(base::Time now) {
    const base::MutexLock lock(mutex_);
    now_ = now;
  }

 private:
  mutable base::Mutex mutex_;
  base::Time now_ SLUICE_GUARDED_BY(mutex_);
  std::chrono::steady_clock::time_point steady_now_ SLUICE_GUARDED_BY(mutex_){
      std::chrono::hours{1}};
};

}  // namespace sluice::testkit
