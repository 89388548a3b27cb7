// The decoder of EventFormat::names: one event name a line, the counterpart of EventDecoder for
// input that has no JSON around the name.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "sluice/event.hpp"

namespace sluice::internal {

/// Thread safety: one thread at a time.
class NameDecoder {
 public:
  explicit NameDecoder(DecoderLimits limits) noexcept : limits_(limits) {}

  /// Lines end with `\n` or `\r\n`, the last one with the end of `chunk` too; blank lines are
  /// skipped, as is a byte order mark before line 1, and a malformed name rejects itself alone.
  /// Complexity: O(bytes). Lifetime: the result lives until the next decode.
  /// Errors: std::bad_alloc.
  DecodedEvents decode_lines(std::string_view chunk, std::uint64_t first_line);

 private:
  void decode_line(std::string_view line, std::uint64_t number);

  const DecoderLimits limits_;
  std::vector<Event> events_;
  std::vector<RejectedEvent> rejected_;
};

}  // namespace sluice::internal
