// How fast a channel may send: so many a second, in short bursts of at most a second's worth.
#pragma once

#include <algorithm>
#include <chrono>

namespace sluice::delivery {

/// Thread safety: none.
class TokenBucket {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  /// 0 or less: no limit. A change keeps what was saved up, as far as it fits.
  void set_rate(double per_second) {
    rate_ = per_second;
    saved_ = std::min(saved_, burst());
  }

  /// When a delivery may start, at the earliest; `now` or before: at once.
  TimePoint next(TimePoint now) {
    if (rate_ <= 0) return now;
    refill(now);
    if (saved_ >= 1) return now;
    const std::chrono::duration<double> wait((1 - saved_) / rate_);
    return now + std::chrono::ceil<std::chrono::microseconds>(wait);
  }

  /// Uses one up.
  void take(TimePoint now) {
    if (rate_ <= 0) return;
    refill(now);
    saved_ -= 1;
  }

 private:
  double burst() const { return std::max(rate_, 1.0); }

  void refill(TimePoint now) {
    if (!was_used_) {
      was_used_ = true;
      saved_ = burst();
    } else if (now > filled_at_) {
      saved_ += std::chrono::duration<double>(now - filled_at_).count() * rate_;
      saved_ = std::min(saved_, burst());
    }
    filled_at_ = std::max(filled_at_, now);
  }

  double rate_ = 0;
  double saved_ = 0;
  TimePoint filled_at_{};
  bool was_used_ = false;
};

}  // namespace sluice::delivery
