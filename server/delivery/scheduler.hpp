// Which channels could send now, which must be looked at later, and whose turn it is.
#pragma once

#include <chrono>
#include <functional>
#include <list>

#include "delivery/delivery_channel.hpp"
#include "delivery/timetable.hpp"

namespace sluice::delivery {

/// Thread safety: none.
class Scheduler {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  /// Looks at the channel again: something of it has changed.
  void touch(DeliveryChannel& channel, TimePoint now);
  /// Calls `look_at`, which calls touch(), for every channel whose time has come.
  void look_at_due(TimePoint now, const std::function<void(DeliveryChannel&)>& look_at);
  /// The channel is about to end.
  void forget(DeliveryChannel& channel);

  /// The channel whose turn it is, among those whose last attempt succeeded or among the others.
  DeliveryChannel* first(bool is_proven) const {
    const std::list<DeliveryChannel*>& list = is_proven ? proven_ : unproven_;
    return list.empty() ? nullptr : list.front();
  }
  /// Its turn is over; the others come first.
  void rotate(DeliveryChannel& channel);

  /// When a channel is due that is not ready now.
  TimePoint next_wake() const noexcept { return timetable_.next(); }

 private:
  void list(DeliveryChannel& channel);
  void unlist(DeliveryChannel& channel);
  std::list<DeliveryChannel*>& list_of(const DeliveryChannel& channel) {
    return channel.is_ready_as_proven ? proven_ : unproven_;
  }

  std::list<DeliveryChannel*> proven_;  // nodes are the channels' own
  std::list<DeliveryChannel*> unproven_;
  Timetable timetable_;
};

}  // namespace sluice::delivery
