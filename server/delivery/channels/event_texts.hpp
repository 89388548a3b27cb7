// Owed events as the texts that go out.
#pragma once

#include <boost/json/object.hpp>
#include <memory>
#include <string>
#include <string_view>

#include "delivery/sender.hpp"
#include "domain/delivered_event.hpp"

namespace sluice {
class EventDecoder;
}

namespace sluice::delivery {

/// What headers and templates need of an event besides its text.
struct EventNames {
  std::string event_type;
  std::string source;       // of a CloudEvent; empty: it has none
  std::string occurred_at;  // as the event says it; empty: it does not
};

/// Thread safety: one thread at a time. Lifetime: `catalogue` outlives it.
class EventTexts {
 public:
  explicit EventTexts(const domain::Catalogue& catalogue);
  ~EventTexts();
  EventTexts(const EventTexts&) = delete;
  EventTexts& operator=(const EventTexts&) = delete;

  /// Appends the event as receivers get it. False: what the journal gave is no event, and nothing is
  /// appended. Errors: std::bad_alloc.
  [[nodiscard]] bool append(const OwedEvent& event, std::string& out, EventNames& names);

  /// The event as receivers get it, for templates. Sets `problem` where it cannot be read.
  boost::json::object read(const OwedEvent& event, std::string& problem);

 private:
  const std::unique_ptr<EventDecoder> decoder_;
  domain::DeliveredEventWriter writer_;
  std::string padded_;
};

/// What append() made, for templates. As deep as an event may be, but numbers that no template could
/// hold set `problem`.
boost::json::object parse_event(std::string_view text, std::string& problem);

}  // namespace sluice::delivery
