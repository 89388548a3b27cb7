// The fast way to decode lines: the grammar of 64 bytes at a time, without an index of tokens. Only
// brackets of the blocks where an event begins, ends or nests an array are walked one by one. It
// accepts or it does not; why not is the CarefulDecoder's to say.
#pragma once

#include <cstdint>

#include "json/decoded.hpp"
#include "json/event_fields.hpp"
#include "json/kernel.hpp"
#include "sluice/event.hpp"

namespace sluice::json {

class LineScanner {
 public:
  /// `kernel` must be supported, and not the portable one.
  LineScanner(Kernel kernel, const DecoderLimits& limits, EventFields wanted,
              FieldReader& reader) noexcept;

  /// Appends the events of the lines from `begin` to `out` and counts them in `line`. Returns
  /// `end`, or the start of the first line that it does not accept (which a blank line is, and one
  /// that is valid but unusual). `end` comes after a `\n`, and kPadding readable bytes after it.
  /// Complexity: O(bytes up to the end of that line). Errors: std::bad_alloc.
  const char* scan(const char* begin, const char* end, std::uint64_t& line, Decoded& out);

 private:
  // Where there is no kernel to compile, nothing reads them.
  [[maybe_unused]] const Kernel kernel_;
  [[maybe_unused]] const std::uint64_t event_bytes_;
  [[maybe_unused]] const std::uint64_t
      depth_limit_;  // at most 63: the kinds of the containers fit one word
  [[maybe_unused]] const EventFields wanted_;
  [[maybe_unused]] FieldReader& reader_;
};

}  // namespace sluice::json
