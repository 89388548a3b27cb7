// Cuts pieces of text into runs of whole lines. A line that is longer than any event may be is never
// kept, and which lines those are does not depend on where the pieces end.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace sluice::ingest {

/// Thread safety: one thread at a time.
class LineFeed {
 public:
  enum class Found : std::uint8_t {
    lines,     // a run of whole lines; of the last piece, the last of them may lack its newline
    too_long,  // one line of more than max_line_bytes, which is dropped
    nothing    // the piece is used up, and stays so
  };

  explicit LineFeed(std::size_t max_line_bytes) noexcept : max_line_bytes_(max_line_bytes) {}

  /// Begins a piece: `size` bytes at `data`, with room for max_line_bytes in front of them, where
  /// what the piece before ended with is put.
  void begin(char* data, std::size_t size, bool is_last) noexcept;

  /// What comes next in the piece; `lines` are views of it.
  Found next(std::string_view& lines);

 private:
  const std::size_t max_line_bytes_;
  std::string carry_;      // an unfinished line
  std::string_view rest_;  // of the piece
  bool is_last_ = false;
  bool is_skipping_ = false;  // up to the end of a line that is too long
};

}  // namespace sluice::ingest
