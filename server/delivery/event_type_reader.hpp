// The event type of an accepted event, for the log of attempts.
#pragma once

#include <string>
#include <string_view>

#include "sluice/event.hpp"

namespace sluice::delivery {

/// Thread safety: one thread at a time.
class EventTypeReader {
 public:
  /// The type; empty: `json` is no event. It lives until the next call.
  std::string_view read(std::string_view json);

 private:
  EventDecoder decoder_;
  std::string padded_;  // the decoder reads some bytes beyond the end
};

}  // namespace sluice::delivery
