// An event as receivers get it: whatever form it was sent in, its fields have one name and one place,
// and their values are the bytes that the sender wrote.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/time.hpp"

namespace sluice::domain {

class Catalogue;

/// What the service knows of an accepted event, whatever its JSON says.
struct EventIdentity {
  std::string_view event_id;
  std::string_view event_type;  // the name that was matched
  base::Time accepted_at;
};

/// Writes delivered events. Thread safety: one thread at a time.
/// Lifetime: `catalogue` outlives it.
class DeliveredEventWriter {
 public:
  explicit DeliveredEventWriter(const Catalogue& catalogue);
  ~DeliveredEventWriter();
  DeliveredEventWriter(const DeliveredEventWriter&) = delete;
  DeliveredEventWriter& operator=(const DeliveredEventWriter&) = delete;

  /// Appends `{event_id, event_type, occurred_at, namespace_id, subject, metadata, cache_scope}`,
  /// null where the event has none, and then every other field as it came. `data` serves as metadata
  /// where that is absent, and so do id, type and time of a CloudEvent (an event without event_type).
  /// An event without a time has happened when it was accepted; one without a cache_scope has its
  /// type's.
  /// False, and nothing is appended: `json` is no event that a decoder accepted.
  /// Errors: std::bad_alloc.
  [[nodiscard]] bool append(std::string& out, std::string_view json, const EventIdentity& identity);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace sluice::domain
