#include "api/rate_limiter.hpp"

#include <algorithm>
#include <cmath>

namespace sluice::api {

RateLimiter::RateLimiter(std::uint64_t requests_per_second)
    : rate_(static_cast<double>(requests_per_second)), burst_(2 * rate_) {}

RateVerdict RateLimiter::take(std::uint32_t key, std::chrono::steady_clock::time_point now) {
  const base::MutexLock lock(mutex_);
  if (buckets_.size() >= kMostBuckets) drop_full_buckets(now);
  Bucket& bucket = buckets_.try_emplace(key, Bucket{burst_, now}).first->second;
  const std::chrono::duration<double> idle = now - bucket.filled_at;
  bucket.tokens = std::min(burst_, bucket.tokens + std::max(idle.count(), 0.0) * rate_);
  bucket.filled_at = now;
  RateVerdict verdict;
  verdict.limit = static_cast<std::uint64_t>(rate_);
  verdict.is_allowed = bucket.tokens >= 1;
  if (verdict.is_allowed) {
    bucket.tokens -= 1;
  } else {
    verdict.retry_after_seconds = static_cast<std::uint64_t>(std::ceil((1 - bucket.tokens) / rate_));
  }
  verdict.remaining = std::min(verdict.limit, static_cast<std::uint64_t>(bucket.tokens));
  return verdict;
}

void RateLimiter::drop_full_buckets(std::chrono::steady_clock::time_point now) {
  const auto is_full = [this, now](const auto& entry) {
    const std::chrono::duration<double> idle = now - entry.second.filled_at;
    return entry.second.tokens + idle.count() * rate_ >= burst_;
  };
  std::erase_if(buckets_, is_full);
  // Every key is busy: forgetting all of them gives each one burst more, and keeps memory bounded.
  if (buckets_.size() >= kMostBuckets) buckets_.clear();
}

}  // namespace sluice::api
