// How many requests a key may make: a token bucket for each.
#pragma once

#include <chrono>
#include <cstdint>
#include <unordered_map>

#include "base/mutex.hpp"

namespace sluice::api {

/// What X-RateLimit-* and Retry-After say.
struct RateVerdict {
  bool is_allowed = true;
  std::uint64_t limit = 0;      // requests a second
  std::uint64_t remaining = 0;  // at least; never more than the limit
  std::uint64_t retry_after_seconds = 0;
};

/// Thread safety: every member, from any thread. Memory: one bucket for each key that was used since
/// the bucket would have been full, at most kMostBuckets.
class RateLimiter {
 public:
  /// Bursts of up to twice `requests_per_second` (at least 1).
  explicit RateLimiter(std::uint64_t requests_per_second);

  RateVerdict take(std::uint32_t key, std::chrono::steady_clock::time_point now);

 private:
  struct Bucket {
    double tokens;
    std::chrono::steady_clock::time_point filled_at;
  };
  static constexpr std::size_t kMostBuckets = 100'000;

  void drop_full_buckets(std::chrono::steady_clock::time_point now) SLUICE_REQUIRES(mutex_);

  const double rate_;
  const double burst_;
  base::Mutex mutex_;
  std::unordered_map<std::uint32_t, Bucket> buckets_ SLUICE_GUARDED_BY(mutex_);
};

}  // namespace sluice::api
