// When a failed delivery is tried again. Pure: time stays with the caller, chance comes in as a
// number, so that the whole schedule can be checked without waiting for it.
#pragma once

#include <chrono>
#include <optional>

namespace sluice::delivery {

/// The first attempt and nine more. After the last one a delivery is dead.
inline constexpr unsigned kMaxAttempts = 10;

/// The longest pause that a receiver's Retry-After can ask for.
inline constexpr std::chrono::hours kLongestRetryAfter{24};

/// No pause is longer, chance included.
inline constexpr std::chrono::hours kLongestPause{29};

/// How long to wait after attempt number `attempt` (from 1) has failed; none: it was the last, the
/// delivery is dead. `jitter` in [0, 1) spreads the pause over +-20 %. A `retry_after` is waited for
/// in full, up to kLongestRetryAfter, and never shortens the pause. Thread safety: pure. Source: the
/// schedule that the Standard Webhooks specification recommends (its section on retries).
std::optional<std::chrono::microseconds> pause_after_failure(
    unsigned attempt, double jitter, std::optional<std::chrono::seconds> retry_after = {});

}  // namespace sluice::delivery
