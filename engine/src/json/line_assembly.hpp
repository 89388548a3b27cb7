// From blocks to events: how deep each place is, which keys are the event's own, where a line ends.
// Most blocks are passed as a whole; the others are walked from mark to mark, a mark being a
// bracket or the end of a line.
#pragma once

#include "json/structure.hpp"

#if defined(__x86_64__)

#include <bit>
#include <cstdint>

#include "json/event_assembly.hpp"
#include "json/scalars.hpp"
#include "sluice/event.hpp"

namespace sluice::json {

/// A block that is to be walked.
struct MarkedBlock {
  const char* at;
  Structure is;
  std::uint64_t squares;  // of the brackets: [ ]
  std::uint64_t keys;     // closing quotes of what may be keys of fields
  std::uint64_t non_ascii;
};

/// Finds the keys that are as long as those of the wanted fields, without looking at their bytes.
template <EventFields Wanted>
class KeyFinder {
 public:
  SLUICE_AVX2_INLINE std::uint64_t find(const Structure& is) noexcept {
    // Of a string that began in the block before, the length is not asked.
    const std::uint64_t opens = is.item_opens;
    const std::uint64_t closes = as_long_as_keys(opens) | begun_before_;
    begun_before_ = opens >> 51U != 0 ? 0x1FFF : 0;
    return is.item_closes & closes;
  }

 private:
  /// From quote to quote: "id" 3, "type" and "time" 5, "source" 7, "event_id" 9, "event_type" 11,
  /// "occurred_at" and "specversion" 12, "organization" 13.
  SLUICE_AVX2_INLINE static std::uint64_t as_long_as_keys(std::uint64_t opens) noexcept {
    const std::uint64_t named = opens << 5U | opens << 11U;
    if constexpr (Wanted == EventFields::matching) return named | opens << 13U;
    return named | opens << 3U | opens << 7U | opens << 9U | opens << 12U;
  }

  std::uint64_t begun_before_ = 0;
};

class LineAssembly {
 public:
  explicit LineAssembly(const ScanJob& job) noexcept : event_(job), depth_limit_(job.depth_limit) {}

  const char* line_begin() const noexcept { return event_.line_begin(); }
  bool is_done() const noexcept { return event_.is_done(); }
  void note_non_ascii(std::uint64_t non_ascii) noexcept { has_non_ascii_ |= non_ascii != 0; }

  /// Whether the block stays inside one event, and its arrays hold nothing but leaves.
  SLUICE_AVX2_INLINE bool is_plain(const Structure& is, std::uint64_t squares) const noexcept {
    if (has_arrays(squares)) {
      const std::uint64_t inside = inside_arrays(squares);
      const std::uint64_t curlies = (is.left | is.right) & ~squares;
      // Square brackets open and close by turns, and what is opened inside them is none.
      const std::uint64_t nested = (squares & (is.left ^ inside)) | (curlies & inside);
      if (nested != 0 || arrays_ > 1) return false;
    }
    return depth_ > count(is.right) && depth_ + count(is.left) <= depth_limit_;
  }

  /// Takes a plain block. False: it breaks the grammar.
  SLUICE_AVX2_INLINE bool pass(const char* block, const Structure& is, std::uint64_t squares,
                               std::uint64_t keys) noexcept {
    std::uint64_t faults = is.object_faults;
    if (has_arrays(squares)) {
      const std::uint64_t inside = inside_arrays(squares);
      const std::uint64_t of_arrays =
          inside << 1U | arrays_;  // from behind [ to ], as faults count
      faults = (is.object_faults & ~of_arrays) | (is.array_faults & of_arrays);
      arrays_ = inside >> 63U;
    }
    if ((faults | is.faults | is.newlines) != 0) return false;
    if (event_.needs_keys()) note_keys(block, is, keys);
    depth_ += count(is.left) - count(is.right);
    return true;
  }

  /// Takes any block, and finishes the lines that end in it. False: line_begin() is the first line
  /// that is not accepted.
  SLUICE_AVX2 bool walk(const MarkedBlock& block, ScalarQueue& scalars);

 private:
  SLUICE_AVX2_INLINE static std::uint64_t count(std::uint64_t bits) noexcept {
    return static_cast<std::uint64_t>(std::popcount(bits));
  }

  bool has_arrays(std::uint64_t squares) const noexcept { return (squares | arrays_) != 0; }

  /// From each [ up to its ], which is outside, where arrays hold nothing but leaves.
  SLUICE_AVX2_INLINE std::uint64_t inside_arrays(std::uint64_t squares) const noexcept {
    return prefix_xor(squares) ^ (0 - (arrays_ & 1U));
  }

  /// Notes those of `keys` that are the event's own.
  SLUICE_AVX2_INLINE void note_keys(const char* block, const Structure& is,
                                    std::uint64_t keys) noexcept {
    for (; keys != 0; keys = _blsr_u64(keys)) {
      const std::uint64_t before = _blsmsk_u64(keys);
      if (depth_ + count(is.left & before) - count(is.right & before) == 1)
        note_key(block + _tzcnt_u64(keys));
    }
  }

  SLUICE_AVX2_INLINE bool walk_bracket(const MarkedBlock& block, unsigned i) noexcept;
  SLUICE_AVX2_INLINE bool finish_line(const char* newline, ScalarQueue& scalars);
  void note_key(const char* close) noexcept;

  EventAssembly event_;
  const char* json_begin_ = nullptr;
  const char* json_end_ = nullptr;
  std::uint64_t depth_ = 0;
  std::uint64_t arrays_ = 0;  // a bit for each container, bit 0 the innermost: whether it is a [ ]
  bool has_non_ascii_ = false;
  const std::uint64_t depth_limit_;
};

}  // namespace sluice::json

#endif
