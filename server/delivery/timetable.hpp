// Which channel is to be looked at when: each has at most one time, so that the table is never larger
// than the number of channels that wait for something.
#pragma once

#include <chrono>
#include <set>
#include <utility>

namespace sluice::delivery {

class DeliveryChannel;

/// Thread safety: none.
class Timetable {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;
  static constexpr TimePoint kNever = TimePoint::max();

  /// When the next channel is due; kNever: none is.
  TimePoint next() const noexcept { return times_.empty() ? kNever : times_.begin()->first; }

  /// Replaces `old_time` of the channel (kNever: it had none) with `new_time` (kNever: none).
  void move(DeliveryChannel& channel, TimePoint old_time, TimePoint new_time) {
    if (old_time == new_time) return;
    if (old_time == kNever) {
      times_.emplace(new_time, &channel);
      return;
    }
    auto entry = times_.extract({old_time, &channel});  // its node is used again
    if (new_time == kNever) return;
    entry.value().first = new_time;
    times_.insert(std::move(entry));
  }

  /// The channel that is due, if one is.
  DeliveryChannel* due(TimePoint now) const {
    return next() <= now ? times_.begin()->second : nullptr;
  }

 private:
  std::set<std::pair<TimePoint, DeliveryChannel*>> times_;
};

}  // namespace sluice::delivery
