// The events that were read last, so that what the feed has just seen, and what goes to many channels
// at once, is not read from the journal again.
#pragma once

#include <cstddef>
#include <vector>

#include "delivery/event_source.hpp"

namespace sluice::delivery {

/// Thread safety: none.
class EventCache {
 public:
  /// Keeps up to `max_bytes` of events, and one more.
  EventCache(EventSource& source, std::size_t max_bytes);

  void add(const ScannedEvent& event);

  /// The event, read from the source if need be; it stays until the next call of get() or add().
  ReadOutcome get(journal::Sequence sequence, const KeptEvent*& event);

  std::size_t bytes() const noexcept { return bytes_; }

 private:
  KeptEvent& slot_of(journal::Sequence sequence) noexcept {
    return slots_[sequence % slots_.size()];
  }
  /// Adds up what `event` holds now, and empties others while all of them hold too much.
  void account(const KeptEvent& event, std::size_t room_before);

  EventSource& source_;
  std::size_t max_bytes_;
  std::size_t bytes_ = 0;         // room of all strings
  std::size_t hand_ = 0;          // the slot to be emptied next, when they hold too much
  std::vector<KeptEvent> slots_;  // an event lies in the slot of its sequence, modulo their number
};

}  // namespace sluice::delivery
