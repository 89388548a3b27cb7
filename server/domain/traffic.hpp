// What came in and went out since the start, by organisation: the figures of an overview. A body of
// events is counted as one step and so is an attempt, so that counting costs a lock for each of
// these and nothing for an event.
#pragma once

#include <chrono>
#include <cstdint>
#include <unordered_map>

#include "base/mutex.hpp"
#include "domain/duration_histogram.hpp"

namespace sluice::domain {

/// Events of one body.
struct IntakeCounts {
  std::uint64_t accepted = 0;
  std::uint64_t duplicates = 0;
  std::uint64_t rejected = 0;
  std::uint64_t matched = 0;

  void add(const IntakeCounts& other) noexcept {
    accepted += other.accepted;
    duplicates += other.duplicates;
    rejected += other.rejected;
    matched += other.matched;
  }
};

/// One attempt to bring events to a channel.
struct AttemptCounts {
  std::uint64_t events = 1;
  bool is_delivered = false;
  std::chrono::microseconds duration{};
};

struct TrafficCounts {
  IntakeCounts intake;
  std::uint64_t delivered_events = 0;
  std::uint64_t delivered = 0;  // attempts that succeeded
  std::uint64_t failed = 0;     // attempts that did not
  DurationHistogram durations;  // of both
};

/// Thread safety: every member, from any thread. Memory: a kilobyte for each organisation that was
/// heard of; without it nothing is counted.
class Traffic {
 public:
  void count(std::uint32_t organisation, const IntakeCounts& body) noexcept;
  void count(std::uint32_t organisation, const AttemptCounts& attempt) noexcept;

  TrafficCounts of(std::uint32_t organisation) const;
  /// Of all organisations together. Complexity: O(organisations).
  IntakeCounts intake() const;

 private:
  TrafficCounts* find_or_make(std::uint32_t organisation) noexcept SLUICE_REQUIRES(mutex_);

  mutable base::Mutex mutex_;
  std::unordered_map<std::uint32_t, TrafficCounts> counts_ SLUICE_GUARDED_BY(mutex_);
};

}  // namespace sluice::domain
