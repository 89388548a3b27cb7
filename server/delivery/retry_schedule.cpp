#include "delivery/retry_schedule.hpp"

#include <algorithm>
#include <array>

namespace sluice::delivery {
namespace {

using namespace std::chrono_literals;

constexpr std::array<std::chrono::seconds, kMaxAttempts - 1> kPauses = {5s,  5min, 30min, 2h, 5h,
                                                                        10h, 14h,  20h,   24h};
constexpr double kSpread = 0.2;

}  // namespace

std::optional<std::chrono::microseconds> pause_after_failure(
    unsigned attempt, double jitter, std::optional<std::chrono::seconds> retry_after) {
  if (attempt == 0 || attempt >= kMaxAttempts) return std::nullopt;
  const double chance = std::clamp(jitter, 0.0, 1.0);
  const std::chrono::duration<double, std::micro> base = kPauses[attempt - 1];
  const auto pause = std::chrono::round<std::chrono::microseconds>(
      base * (1.0 - kSpread + 2.0 * kSpread * chance));
  if (!retry_after) return pause;
  return std::max<std::chrono::microseconds>(
      pause, std::min<std::chrono::seconds>(*retry_after, kLongestRetryAfter));
}

}  // namespace sluice::delivery
