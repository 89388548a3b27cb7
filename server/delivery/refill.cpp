#include "delivery/refill.hpp"

#include <algorithm>

#include "delivery/webhook_entry.hpp"

namespace sluice::delivery {
namespace {

constexpr std::size_t kScans = 4;
constexpr std::size_t kEventsAStep = 256;  // of one scan
constexpr std::size_t kBytesAStep = std::size_t{256} << 10U;
constexpr std::size_t kBytesASkip = 4096;  // a record that was passed over has its header read
// A scan that is further away than this is waited for only when no other can be begun.
constexpr journal::Sequence kNear = 100'000;

}  // namespace

void RefillScan::add(DeliveryChannel& channel) {
  members[channel.webhook().number].push_back(&channel);
  channel.scan = this;
}

void RefillScan::remove(DeliveryChannel& channel) {
  const auto found = members.find(channel.webhook().number);
  std::erase(found->second, &channel);
  if (found->second.empty()) members.erase(found);
  channel.scan = nullptr;
}

void Refill::touch(DeliveryChannel& channel, TimePoint now) {
  if (channel.scan != nullptr || channel.awaits_scan || !channel.wants_refill(now)) return;
  channel.awaits_scan = true;
  waiting_.push_back(&channel);
}

void Refill::forget(DeliveryChannel& channel) {
  if (channel.scan != nullptr) channel.scan->remove(channel);
  if (channel.awaits_scan) std::erase(waiting_, &channel);
  channel.awaits_scan = false;
}

bool Refill::step(TimePoint now, journal::Sequence feed_position,
                  const std::function<void(DeliveryChannel&)>& touched) {
  begin_scans();
  bool has_more = false;
  for (auto scan = scans_.begin(); scan != scans_.end();) {
    const std::uint64_t unreadable = scan->events.unreadable_events();
    has_more |= step(*scan, now, feed_position, touched);
    unreadable_events_ += scan->events.unreadable_events() - unreadable;
    scan = scan->members.empty() ? scans_.erase(scan) : std::next(scan);
  }
  return has_more || (!waiting_.empty() && scans_.size() < kScans);
}

Refill::TimePoint Refill::retry_at(TimePoint now) const {
  TimePoint first = Timetable::kNever;
  for (const RefillScan& scan : scans_)
    if (scan.events.retry_at() > now) first = std::min(first, scan.events.retry_at());
  return first;
}

void Refill::begin_scans() {
  std::erase_if(waiting_, [this](DeliveryChannel* channel) {
    channel->awaits_scan = !join(*channel);
    return !channel->awaits_scan;
  });
}

// The channel gets the nearest scan that will still come to it, or one of its own.
bool Refill::join(DeliveryChannel& channel) {
  const journal::Sequence from = channel.refill_from();
  RefillScan* nearest = nullptr;
  for (RefillScan& scan : scans_) {
    if (scan.events.position() > from) continue;
    if (nearest == nullptr || scan.events.position() > nearest->events.position()) nearest = &scan;
  }
  const bool is_near = nearest != nullptr && from - nearest->events.position() <= kNear;
  if (!is_near && scans_.size() < kScans) nearest = &scans_.emplace_back(source_.scan_owed(from));
  if (nearest == nullptr) return false;
  nearest->add(channel);
  return true;
}

bool Refill::step(RefillScan& scan, TimePoint now, journal::Sequence feed_position,
                  const std::function<void(DeliveryChannel&)>& touched) {
  ScannedEvent event;
  std::size_t bytes = 0;
  for (std::size_t count = 0; count < kEventsAStep && bytes < kBytesAStep; ++count) {
    if (scan.events.position() >= feed_position) finish(scan, touched);
    if (scan.members.empty()) return false;
    const PatientScan::Outcome outcome = scan.events.next(event, now);
    if (outcome == PatientScan::Outcome::wait) return false;
    if (outcome == PatientScan::Outcome::end) {
      finish(scan, touched);
      return false;
    }
    // Between the last position and this event there was nothing that is kept.
    if (event.sequence >= feed_position) finish(scan, touched);
    bytes += event.json.empty() ? kBytesASkip : event.json.size();
    give(scan, event, now, touched);
  }
  return true;
}

void Refill::give(RefillScan& scan, const ScannedEvent& event, TimePoint now,
                  const std::function<void(DeliveryChannel&)>& touched) {
  bool was_taken = false;
  for (const std::uint32_t number : event.webhooks) {
    const auto found = scan.members.find(number);
    if (found == scan.members.end()) continue;
    // From the end, since a channel that is full leaves; the last one takes the entry with it.
    for (std::size_t i = found->second.size(); i-- > 0;) {
      DeliveryChannel& channel = *found->second[i];
      if (channel.refill(event.sequence, now)) {
        was_taken = true;
      } else {
        scan.remove(channel);
      }
      touched(channel);
    }
  }
  if (was_taken) cache_.add(event);
}

// The scan is where the feed is. After a restart a channel may have been further than the feed is
// now: what it had not finished then lies ahead still.
void Refill::finish(RefillScan& scan, const std::function<void(DeliveryChannel&)>& touched) {
  std::vector<DeliveryChannel*> finished;
  for (const auto& [webhook, channels] : scan.members)
    for (DeliveryChannel* channel : channels)
      if (channel->frontier() <= scan.events.position()) finished.push_back(channel);
  for (DeliveryChannel* channel : finished) {
    scan.remove(*channel);
    channel->has_caught_up();
    touched(*channel);
  }
}

}  // namespace sluice::delivery
