// The line on a terminal that says how much a command has copied, and the place where it ends when it
// is interrupted. Nothing is shown when standard error is no terminal.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "interrupt.hpp"

namespace sluice::tool {

/// Thread safety: one thread at a time.
class CopyProgress {
 public:
  CopyProgress();
  ~CopyProgress();
  CopyProgress(const CopyProgress&) = delete;
  CopyProgress& operator=(const CopyProgress&) = delete;

  /// Errors: Failure (interrupted).
  void add(std::uint64_t bytes);

 private:
  using Clock = std::chrono::steady_clock;

  const Interrupt interrupt_;
  const bool is_shown_;
  const Clock::time_point begin_ = Clock::now();
  Clock::time_point last_update_ = begin_;
  std::uint64_t bytes_ = 0;
  bool is_drawn_ = false;
};

/// As people read it: "1.4 GB".
std::string size_text(std::uint64_t bytes);

}  // namespace sluice::tool
