// Keeps a receiver that always fails from costing anything: after some failures in a row its channel
// is left alone for a growing pause, and then one single delivery probes it.
//
//            5 failures in a row              pause over: one probe
//   closed ----------------------> open <--------------------------> half-open
//      ^                            (pause doubles with each failed probe)  |
//      +------------------------------ probe succeeds ----------------------+
#pragma once

#include <chrono>
#include <cstdint>

namespace sluice::delivery {

struct CircuitRules {
  std::uint8_t failures_to_open = 5;
  std::chrono::seconds first_pause{30};
  std::chrono::seconds longest_pause{1800};
};

/// The circuit of one channel: 8 bytes, so that a million of them may be kept. Time comes in from
/// outside: steady, and never before that of an earlier call. Thread safety: none.
class CircuitBreaker {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;
  enum class State : std::uint8_t { closed, open, half_open };

  State state() const noexcept { return state_; }

  /// Whether a delivery may start now. An open circuit whose pause is over becomes half-open, and
  /// the caller that was told so has the only probe: it must report succeed(), fail() or release().
  bool admit(TimePoint now) noexcept;

  /// When admit() may say yes again: in the past for a closed circuit, and TimePoint::max() while a
  /// probe is on its way.
  TimePoint next_admission() const noexcept;

  void succeed() noexcept;

  /// Counts a failure. `jitter` in [0, 1) shortens the pause by up to a fifth, so that circuits
  /// which opened together do not probe together. True: this failure opened the circuit.
  bool fail(TimePoint now, double jitter, const CircuitRules& rules) noexcept;

  /// Gives a probe back that ended without saying anything about the receiver (it was cancelled).
  void release() noexcept;

 private:
  static std::uint32_t ticks(TimePoint time) noexcept;

  std::uint32_t open_until_ = 0;  // tenths of a second of the steady clock
  std::uint8_t failures_ = 0;     // in a row
  std::uint8_t openings_ = 0;     // in a row: the pause is doubled by each after the first
  State state_ = State::closed;
};
static_assert(sizeof(CircuitBreaker) == 8);

}  // namespace sluice::delivery
