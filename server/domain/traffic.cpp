#include "domain/traffic.hpp"

#include <new>

namespace sluice::domain {

void Traffic::count(std::uint32_t organisation, const IntakeCounts& body) noexcept {
  const base::MutexLock lock(mutex_);
  try {
    counts_[organisation].add(body);
  } catch (const std::bad_alloc&) {
    // Nothing is counted.
  }
}

IntakeCounts Traffic::intake() const {
  const base::MutexLock lock(mutex_);
  IntakeCounts sum;
  for (const auto& [organisation, counts] : counts_) sum.add(counts);
  return sum;
}

IntakeCounts Traffic::of(std::uint32_t organisation) const {
  const base::MutexLock lock(mutex_);
  const auto found = counts_.find(organisation);
  return found == counts_.end() ? IntakeCounts{} : found->second;
}

}  // namespace sluice::domain
