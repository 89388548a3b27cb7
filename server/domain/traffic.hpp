// What came in since the start, by organisation: the figures of an overview. A body of events is counted
// as one step, so that counting costs a lock for each body and nothing for an event.
#pragma once

#include <cstdint>
#include <unordered_map>

#include "base/mutex.hpp"

namespace sluice::domain {

/// Events of one body, or of many.
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

/// Thread safety: every member, from any thread. Without memory for an organisation nothing of it is
/// counted.
class Traffic {
 public:
  void count(std::uint32_t organisation, const IntakeCounts& body) noexcept;

  IntakeCounts of(std::uint32_t organisation) const;
  /// Of all organisations together. Complexity: O(organisations).
  IntakeCounts intake() const;

 private:
  mutable base::Mutex mutex_;
  std::unordered_map<std::uint32_t, IntakeCounts> counts_ SLUICE_GUARDED_BY(mutex_);
};

}  // namespace sluice::domain
