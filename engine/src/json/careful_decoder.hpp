// The careful way to decode: a line or a body at a time, never fast, always exact. It is what
// judges every input that the LineScanner does not accept, and all input where there is no
// LineScanner.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "json/decoded.hpp"
#include "json/event_fields.hpp"
#include "json/value_walk.hpp"
#include "sluice/event.hpp"

namespace sluice::json {

class CarefulDecoder {
 public:
  CarefulDecoder(const DecoderLimits& limits, EventFields wanted, FieldReader& reader) noexcept
      : limits_(limits), wanted_(wanted), reader_(reader), walk_(limits.depth, reader) {}

  /// Judges one line without its `\n`: an event, a rejection, or nothing if it is blank.
  /// Complexity: O(bytes). Errors: std::bad_alloc.
  void decode_line(std::string_view line, std::uint64_t number, Decoded& out);

  /// Judges an object or an array of objects. Complexity: O(bytes). Errors: std::bad_alloc.
  void decode_body(std::string_view body, Decoded& out);

 private:
  void decode_array(std::string_view text, const char* base, Decoded& out);
  WalkedValue walk_array(std::string_view text, Decoded& out);
  void add(const WalkedValue& walked, std::uint64_t number, const char* base, Decoded& out);
  Error read(const WalkedValue& walked, const char* base, Event& event, EventOrigin& origin);

  const DecoderLimits limits_;
  const EventFields wanted_;
  FieldReader& reader_;
  ValueWalk walk_;
};

}  // namespace sluice::json
