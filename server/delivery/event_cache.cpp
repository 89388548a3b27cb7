#include "delivery/event_cache.hpp"

#include <algorithm>
#include <utility>

namespace sluice::delivery {
namespace {

constexpr std::size_t kTypicalBytes = 1'024;

std::size_t room_of(const KeptEvent& event) {
  return event.json.capacity() + event.event_id.capacity();
}

}  // namespace

EventCache::EventCache(EventSource& source, std::size_t max_bytes)
    : source_(source),
      max_bytes_(max_bytes),
      slots_(std::max<std::size_t>(max_bytes / kTypicalBytes, 16)) {}

void EventCache::add(const ScannedEvent& event) {
  KeptEvent& slot = slot_of(event.sequence);
  if (slot.sequence == event.sequence) return;
  const std::size_t room = room_of(slot);
  slot.sequence = event.sequence;
  slot.organisation = event.organisation;
  slot.accepted_at = event.accepted_at;
  slot.event_id.assign(event.event_id);
  slot.json.assign(event.json);
  account(slot, room);
}

ReadOutcome EventCache::get(journal::Sequence sequence, const KeptEvent*& event) {
  KeptEvent& slot = slot_of(sequence);
  event = &slot;
  if (slot.sequence == sequence) return ReadOutcome::event;
  const std::size_t room = room_of(slot);
  slot.sequence = 0;  // whatever becomes of the reading
  const ReadOutcome outcome = source_.read(sequence, slot);
  if (outcome != ReadOutcome::event) slot.sequence = 0;
  account(slot, room);
  return outcome;
}

void EventCache::account(const KeptEvent& event, std::size_t room_before) {
  bytes_ += room_of(event);
  bytes_ -= room_before;
  // What the hand empties is read again at worst.
  for (std::size_t steps = 0; bytes_ > max_bytes_ && steps < slots_.size(); ++steps) {
    KeptEvent& victim = slots_[hand_];
    hand_ = (hand_ + 1) % slots_.size();
    if (&victim == &event) continue;
    KeptEvent empty;
    std::swap(victim, empty);  // an assignment would keep the strings' memory
    bytes_ -= room_of(empty);
    bytes_ += room_of(victim);  // what a string has room for in itself
  }
}

}  // namespace sluice::delivery
