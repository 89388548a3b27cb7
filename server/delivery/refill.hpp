// Reads the journal again for channels that were left behind. A scan serves every such channel that
// it comes across; a few scans run at a time, each at its place, so that one channel which is far
// behind keeps no other from catching up.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <list>
#include <unordered_map>
#include <vector>

#include "delivery/delivery_channel.hpp"
#include "delivery/event_cache.hpp"
#include "delivery/patient_scan.hpp"

namespace sluice::delivery {

/// One scan and the channels that it serves.
class RefillScan {
 public:
  explicit RefillScan(std::unique_ptr<EventScan> scan) : events(std::move(scan)) {}

  void add(DeliveryChannel& channel);
  void remove(DeliveryChannel& channel);

  PatientScan events;
  std::unordered_map<std::uint32_t, std::vector<DeliveryChannel*>> members;  // by webhook
};

/// Thread safety: none.
class Refill {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  Refill(EventSource& source, EventCache& cache) : source_(source), cache_(cache) {}

  /// Looks whether the channel wants to be refilled, and sees to it.
  void touch(DeliveryChannel& channel, TimePoint now);
  /// The channel is about to end.
  void forget(DeliveryChannel& channel);

  /// Reads some events. `touched` is called for every channel that was given one or has caught up
  /// with the feed, which has offered everything below `feed_position`. True: there is more to do now.
  bool step(TimePoint now, journal::Sequence feed_position,
            const std::function<void(DeliveryChannel&)>& touched);

  /// When a scan that could not read tries again; kNever: none waits.
  TimePoint retry_at(TimePoint now) const;
  std::uint64_t unreadable_events() const noexcept { return unreadable_events_; }

 private:
  void begin_scans();
  bool join(DeliveryChannel& channel);
  bool step(RefillScan& scan, TimePoint now, journal::Sequence feed_position,
            const std::function<void(DeliveryChannel&)>& touched);
  void give(RefillScan& scan, const ScannedEvent& event, TimePoint now,
            const std::function<void(DeliveryChannel&)>& touched);
  void finish(RefillScan& scan, const std::function<void(DeliveryChannel&)>& touched);

  EventSource& source_;
  EventCache& cache_;
  std::list<RefillScan> scans_;
  std::deque<DeliveryChannel*> waiting_;  // for a scan; those that came first are served first
  std::uint64_t unreadable_events_ = 0;
};

}  // namespace sluice::delivery
