// What both ways of decoding add to.
#pragma once

#include <cstdint>
#include <vector>

#include "sluice/event.hpp"

namespace sluice::json {

/// What a decode has found so far.
struct Decoded {
  std::vector<Event> events;
  std::vector<EventOrigin> origins;  // one for each event, or none
  std::vector<RejectedEvent> rejected;
  std::uint64_t lines = 0;

  void clear() noexcept {
    events.clear();
    origins.clear();
    rejected.clear();
    lines = 0;
  }
};

}  // namespace sluice::json
