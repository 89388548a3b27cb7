#include "domain/traffic.hpp"

#include <new>

namespace sluice::domain {

// Null: there is no memory for it.
TrafficCounts* Traffic::find_or_make(std::uint32_t organisation) noexcept {
  try {
    return &counts_[organisation];
  } catch (const std::bad_alloc&) {
    return nullptr;
  }
}

void Traffic::count(std::uint32_t organisation, const IntakeCounts& body) noexcept {
  const base::MutexLock lock(mutex_);
  if (TrafficCounts* const counts = find_or_make(organisation)) counts->intake.add(body);
}

void Traffic::count(std::uint32_t organisation, const AttemptCounts& attempt) noexcept {
  const base::MutexLock lock(mutex_);
  TrafficCounts* const found = find_or_make(organisation);
  if (found == nullptr) return;
  TrafficCounts& counts = *found;
  if (attempt.is_delivered) {
    counts.delivered_events += attempt.events;
    ++counts.delivered;
  } else {
    ++counts.failed;
  }
  counts.durations.add(attempt.duration);
}

IntakeCounts Traffic::intake() const {
  const base::MutexLock lock(mutex_);
  IntakeCounts sum;
  for (const auto& [organisation, counts] : counts_) sum.add(counts.intake);
  return sum;
}

TrafficCounts Traffic::of(std::uint32_t organisation) const {
  const base::MutexLock lock(mutex_);
  const auto found = counts_.find(organisation);
  return found == counts_.end() ? TrafficCounts{} : found->second;
}

}  // namespace sluice::domain
