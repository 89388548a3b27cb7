// The journal as delivery needs it: read it in order, read one event, say what is no longer needed.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/time.hpp"
#include "journal/sequence.hpp"

namespace sluice::delivery {

/// An event in place. The views live until the next call of the scan that gave it.
struct ScannedEvent {
  journal::Sequence sequence = 0;
  std::uint32_t organisation = 0;
  base::Time accepted_at{};
  std::string_view event_id;  // empty when it matched nobody: most of a flood may do that
  std::string_view json;
  std::span<const std::uint32_t> webhooks;  // that it matched
};

/// An event on its own. It lies in a cache whose strings keep their memory.
struct KeptEvent {
  journal::Sequence sequence = 0;
  std::uint32_t organisation = 0;
  base::Time accepted_at{};
  std::string event_id;
  std::string json;
};

enum class ScanOutcome : std::uint8_t {
  event,
  end,    // nothing more is committed yet; a later next() may give an event
  failed  // the disk refuses, or what it gives is damaged; a later next() tries again
};

/// Reads committed events in order, without those that were duplicates or are no longer kept.
/// Thread safety: one thread at a time.
class EventScan {
 public:
  virtual ~EventScan() = default;
  EventScan(const EventScan&) = delete;
  EventScan& operator=(const EventScan&) = delete;

  virtual ScanOutcome next(ScannedEvent& event) = 0;
  /// Every committed event below this has been given.
  virtual journal::Sequence position() const = 0;
  /// After `failed`: goes on behind the damage. How many events that leaves out.
  virtual std::uint64_t skip_damage() = 0;

 protected:
  EventScan() = default;
};

enum class ReadOutcome : std::uint8_t { event, dropped, failed };

/// Thread safety: one thread at a time.
class EventSource {
 public:
  virtual ~EventSource() = default;
  EventSource(const EventSource&) = delete;
  EventSource& operator=(const EventSource&) = delete;

  virtual journal::Sequence committed_through() const = 0;
  virtual std::unique_ptr<EventScan> scan(journal::Sequence from) = 0;
  /// The same for those who look at what is owed: of events that matched nobody some are left out.
  virtual std::unique_ptr<EventScan> scan_owed(journal::Sequence from) { return scan(from); }
  virtual ReadOutcome read(journal::Sequence sequence, KeptEvent& event) = 0;
  /// Nothing below `sequence` is owed any more. Never goes back.
  virtual void release_below(journal::Sequence sequence) = 0;
  /// What is owed below this takes nearly all the room that new events need; 0: there is room.
  virtual journal::Sequence crowded_below() const = 0;

 protected:
  EventSource() = default;
};

}  // namespace sluice::delivery
