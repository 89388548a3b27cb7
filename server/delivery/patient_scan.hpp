// A scan of the journal that bears with a disk which refuses for a moment, and goes on behind what
// stays unreadable, so that damage in one place does not hold up everything behind it for ever.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <utility>

#include "delivery/event_source.hpp"

namespace sluice::delivery {

/// Thread safety: one thread at a time.
class PatientScan {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  explicit PatientScan(std::unique_ptr<EventScan> scan) : scan_(std::move(scan)) {}

  enum class Outcome : std::uint8_t {
    event,
    end,
    wait  // until retry_at()
  };
  Outcome next(ScannedEvent& event, TimePoint now);

  journal::Sequence position() const { return scan_->position(); }
  TimePoint retry_at() const noexcept { return retry_at_; }
  /// Events that were left out.
  std::uint64_t unreadable_events() const noexcept { return unreadable_events_; }

 private:
  std::unique_ptr<EventScan> scan_;
  TimePoint retry_at_{};
  unsigned failures_ = 0;  // in a row
  std::uint64_t unreadable_events_ = 0;
};

}  // namespace sluice::delivery
