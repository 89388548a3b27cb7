#include "delivery/circuit_breaker.hpp"

#include <algorithm>
#include <limits>

namespace sluice::delivery {
namespace {

using Tick = std::chrono::duration<std::uint32_t, std::deci>;

constexpr std::uint8_t kMost = std::numeric_limits<std::uint8_t>::max();
constexpr unsigned kMostDoublings = 16;

std::uint8_t one_more(std::uint8_t count) {
  return count == kMost ? count : static_cast<std::uint8_t>(count + 1);
}

}  // namespace

// A pause ends at the end of its last tick, never before.
std::uint32_t CircuitBreaker::ticks(TimePoint time) noexcept {
  using Wide = std::chrono::duration<std::int64_t, std::deci>;
  return static_cast<std::uint32_t>(std::chrono::floor<Wide>(time.time_since_epoch()).count());
}

bool CircuitBreaker::admit(TimePoint now) noexcept {
  if (state_ == State::closed) return true;
  if (state_ == State::half_open || ticks(now) < open_until_) return false;
  state_ = State::half_open;
  return true;
}

CircuitBreaker::TimePoint CircuitBreaker::next_admission() const noexcept {
  switch (state_) {
    case State::closed: return TimePoint::min();
    case State::half_open: return TimePoint::max();
    case State::open: break;
  }
  return TimePoint{std::chrono::duration_cast<TimePoint::duration>(
      std::chrono::duration<std::int64_t, std::deci>{open_until_})};
}

void CircuitBreaker::succeed() noexcept { *this = {}; }

bool CircuitBreaker::fail(TimePoint now, double jitter, const CircuitRules& rules) noexcept {
  failures_ = one_more(failures_);
  if (state_ == State::open) return false;  // it was on its way before the circuit opened
  if (state_ == State::closed && failures_ < rules.failures_to_open) return false;
  openings_ = one_more(openings_);
  const unsigned doublings = std::min<unsigned>(openings_ - 1U, kMostDoublings);
  const auto pause = std::min<std::chrono::seconds>(
      rules.first_pause * (std::int64_t{1} << doublings), rules.longest_pause);
  const std::chrono::duration<double> spread = pause * (1.0 - 0.2 * std::clamp(jitter, 0.0, 1.0));
  open_until_ = ticks(now) + 1 + std::chrono::ceil<Tick>(spread).count();
  state_ = State::open;
  return true;
}

void CircuitBreaker::release() noexcept {
  if (state_ == State::half_open) state_ = State::open;
}

}  // namespace sluice::delivery
