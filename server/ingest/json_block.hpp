// What stands where in 64 bytes of JSON, as bitmaps: bit i speaks of byte i. Plain SSE2, which every
// x86-64 has, and a loop elsewhere: this is for finding where elements end, not for judging them.
#pragma once

#include <cstdint>

namespace sluice::ingest {

struct JsonBlock {
  std::uint64_t quotes = 0;
  std::uint64_t backslashes = 0;
  std::uint64_t newlines = 0;
  std::uint64_t opens = 0;   // { [
  std::uint64_t closes = 0;  // } ]
  std::uint64_t commas = 0;
  std::uint64_t blanks = 0;  // whitespace, newlines included

  /// Of the 64 bytes at `text`.
  static JsonBlock read(const char* text) noexcept;

  /// Clears what is said of bytes from `size` on, which is below 64.
  void cut(unsigned size) noexcept;
};

/// Tells block after block what is inside strings.
class StringTracker {
 public:
  /// Of a block of `size` bytes, 1 to 64, the bytes from each opening quote up to its closing one,
  /// which is outside; and all that a backslash escapes, wherever it stands.
  std::uint64_t inside(const JsonBlock& block, unsigned size) noexcept;
  bool is_inside() const noexcept { return inside_ != 0; }

 private:
  std::uint64_t escaped(std::uint64_t backslashes) noexcept;

  std::uint64_t inside_ = 0;   // all ones: the block before ended inside a string
  std::uint64_t pending_ = 0;  // 1: it ended with a backslash that escapes
};

}  // namespace sluice::ingest
