// Where the time comes from, so that tests can say what it is.
#pragma once

#include <chrono>

#include "base/time.hpp"

namespace sluice::base {

/// Thread safety: every member, from any thread.
class Clock {
 public:
  virtual ~Clock() = default;
  Clock(const Clock&) = delete;
  Clock& operator=(const Clock&) = delete;

  /// The time of day. It may jump when somebody sets it.
  virtual Time now() const = 0;
  /// For durations and deadlines: it only goes forward.
  virtual std::chrono::steady_clock::time_point steady_now() const = 0;

 protected:
  Clock() = default;
};

/// The machine's own clocks.
class SystemClock final : public Clock {
 public:
  Time now() const override {
    return std::chrono::floor<Time::duration>(std::chrono::system_clock::now());
  }
  std::chrono::steady_clock::time_point steady_now() const override {
    return std::chrono::steady_clock::now();
  }
};

}  // namespace sluice::base
