// JSON bytes to events. What is accepted is valid JSON (RFC 8259) and valid UTF-8 from the first
// byte to the last, also in the parts that matching does not look at. Numbers have no range limit,
// escapes of lone surrogates are refused, and a byte order mark before the first line is skipped.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "sluice/result.hpp"

namespace sluice {

/// Which fields of an event a decoder reads. What it does not read has no type to be wrong in.
enum class EventFields : std::uint8_t {
  matching,  // name and organization
  ingest,    // name and EventOrigin: what a service asks that knows whose events they are
};

/// One event. Lifetime: the views live until the decoder's next decode; `json` points into the
/// input.
struct Event {
  std::string_view name;  // event_type (or CloudEvents' type), unescaped, a well-formed name
  std::string_view organization;  // empty when absent or not read
  std::string_view json;          // the whole object as it came
  std::uint64_t line = 0;         // 1-based; of an array: 1-based position
};

/// What says which event it is, unescaped; each is empty when it is absent or null. An event
/// without event_type is a CloudEvent, and only then are id, time, source and specversion its
/// attributes and not fields that are merely carried. Lifetime: as Event's.
struct EventOrigin {
  std::string_view id;           // event_id, else id; 1 to 128 visible ASCII characters
  std::string_view occurred_at;  // occurred_at, else time; any string
  std::string_view source;       // of a CloudEvent; empty also when it is no string
  std::string_view specversion;  // of a CloudEvent; empty also when it is no string
};

struct RejectedEvent {
  std::uint64_t line = 0;
  Error error;  // offset: bytes from the start of the line (of the array's element)
};

struct DecodedEvents {
  std::span<const Event> events;
  std::span<const EventOrigin> origins;  // of EventFields::ingest: origins[i] belongs to events[i]
  std::span<const RejectedEvent> rejected;
  std::uint64_t lines = 0;  // lines seen, blank ones included; of an array: its elements
};

struct DecoderLimits {
  std::size_t event_bytes = std::size_t{256} << 10U;
  std::size_t depth = 1024;  // objects and arrays inside one another; the event's own object is 1
};

/// Decodes many events with one set of warm buffers.
/// Thread safety: one thread at a time.
class EventDecoder {
 public:
  /// Bytes after the end of every input that must be readable (their values do not matter).
  static constexpr std::size_t kPadding = 64;

  explicit EventDecoder(DecoderLimits limits = {}, EventFields fields = EventFields::matching);
  ~EventDecoder();
  EventDecoder(const EventDecoder&) = delete;
  EventDecoder& operator=(const EventDecoder&) = delete;

  /// NDJSON: one event per line, `\n` or `\r\n`; blank lines are skipped. A bad line rejects itself
  /// alone. A last line without `\n` is complete if it is a whole event, and unterminated_event if
  /// it was cut. Complexity: O(bytes). Errors: std::bad_alloc.
  DecodedEvents decode_lines(std::string_view chunk, std::uint64_t first_line = 1);

  /// One event object, or an array of them. A grammar error in the body rejects all of it, with one
  /// RejectedEvent; an element that is good JSON but no event rejects itself alone.
  DecodedEvents decode_json(std::string_view body);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace sluice
