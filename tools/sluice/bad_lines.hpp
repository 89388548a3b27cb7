// What is said about events that are rejected: the first few with line, column and reason, then how
// many there were.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "progress_line.hpp"
#include "sluice/event.hpp"

namespace sluice::tool {

/// Thread safety: one thread at a time.
class BadLines {
 public:
  BadLines(std::string input_name, ProgressLine& progress)
      : input_name_(std::move(input_name)), progress_(progress) {}

  void report(std::span<const RejectedEvent> rejected);
  /// Says how many were not shown. Call it once, at the end.
  void finish() const;

 private:
  static constexpr std::uint64_t kShown = 20;

  const std::string input_name_;
  ProgressLine& progress_;
  std::uint64_t count_ = 0;
};

}  // namespace sluice::tool
