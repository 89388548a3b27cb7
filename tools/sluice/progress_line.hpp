// The line on a terminal that says how far the command is. Nothing is shown when standard error is
// no terminal.
//
// Roles:      any thread counts events; one at a time draws.
// Invariants: events_ never falls.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>

#include "input_file.hpp"

namespace sluice::tool {

class ProgressLine {
 public:
  explicit ProgressLine(const InputFile& input);
  ~ProgressLine() { erase(); }
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  /// Thread safety: any thread.
  void count_events(std::uint64_t events) noexcept {
    // relaxed: a figure for people; each addition counts, their order does not matter.
    if (is_shown_) events_.fetch_add(events, std::memory_order_relaxed);
  }

  /// Draws the line anew, at most five times a second. Thread safety: one thread at a time.
  void update();
  /// Makes room for other output on the terminal. Thread safety: as update().
  void erase();

 private:
  using Clock = std::chrono::steady_clock;

  const InputFile& input_;
  const bool is_shown_;
  const Clock::time_point begin_ = Clock::now();
  Clock::time_point last_update_ = begin_;
  bool is_drawn_ = false;
  std::atomic<std::uint64_t> events_{0};  // workers add, update() reads
};

}  // namespace sluice::tool
