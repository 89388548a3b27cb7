// The grammar of JSON for 64 bytes at a time. Tokens and what may follow them become bitmaps, and
// a rule such as "a colon follows a key" becomes one operation on 64 bits. What depends on the
// kind of the container (object, array, none) is given for each kind, for the caller to choose.
#pragma once

#include "json/block_avx2.hpp"
#include "json/grammar.hpp"

#if defined(__x86_64__)

#include <cstdint>

namespace sluice::json {

/// The bytes of a block that are rare in JSON: most blocks have none of them.
struct RareBytes {
  std::uint64_t control = 0;  // below 0x20
  std::uint64_t newlines = 0;
  std::uint64_t blanks = 0;       // tabs and carriage returns
  std::uint64_t backslashes = 0;  // and what they escape:
  std::uint64_t escaped = 0;
  std::uint64_t bad_escapes = 0;
};

/// What one block holds, all of it outside strings.
struct Structure {
  std::uint64_t left = 0;      // { [
  std::uint64_t right = 0;     // } ]
  std::uint64_t newlines = 0;  // each ends a line
  std::uint64_t commas = 0;
  std::uint64_t strings = 0;     // opening quotes
  std::uint64_t scalars = 0;     // the first byte of each other value
  std::uint64_t item_opens = 0;  // opening quotes of keys, and of strings that are items of arrays
  std::uint64_t item_closes = 0;
  // Where the grammar is broken: in any case; directly in an object; directly in an array.
  std::uint64_t faults = 0;
  std::uint64_t object_faults = 0;
  std::uint64_t array_faults = 0;
};

/// Says which token comes next after each of some tokens, past whitespace and the end of a block.
struct Follow {
  SLUICE_AVX2_INLINE std::uint64_t after(std::uint64_t tokens, std::uint64_t blanks) noexcept {
    std::uint64_t next = tokens << 1U | carry;
    carry = tokens >> 63U;
    if (blanks != 0) {
      // A bit added to the start of a run of blanks comes out behind the run.
      unsigned long long sum = 0;
      carry |= static_cast<std::uint64_t>(__builtin_add_overflow(next, blanks, &sum));
      next = sum & ~blanks;
    }
    return next;
  }

  std::uint64_t carry = 0;  // 1: the first token of the next block
};

/// Reads block after block, from the start of a line. What it says is right up to the first fault.
class StructureReader {
 public:
  SLUICE_AVX2_INLINE Structure read(const Planes& planes, const RareBytes& rare) noexcept {
    const std::uint64_t quotes = planes.a & planes.c & ~rare.escaped;
    // From each opening quote up to its closing one, which is outside.
    const std::uint64_t in_string = prefix_xor(quotes) ^ in_string_;
    in_string_ = static_cast<std::uint64_t>(static_cast<std::int64_t>(in_string) >> 63U);
    const std::uint64_t a = planes.a & ~in_string;
    const std::uint64_t b = planes.b & ~in_string;
    const std::uint64_t c = planes.c & ~in_string;
    const std::uint64_t closes = a & c;
    const std::uint64_t spaces = b & c;
    const std::uint64_t blanks = spaces | (rare.blanks & ~in_string);
    const std::uint64_t colons = c ^ closes ^ spaces;

    Structure is;
    is.left = a & b;
    is.right = a ^ closes ^ is.left;
    is.newlines = rare.newlines & ~in_string;
    is.commas = b ^ is.left ^ spaces;
    is.strings = quotes & in_string;
    const std::uint64_t in_scalar = ~(a | b | c | in_string | rare.newlines | rare.blanks);
    is.scalars = in_scalar & ~(in_scalar << 1U | in_scalar_);
    in_scalar_ = in_scalar >> 63U;

    const std::uint64_t first = after_open_.after(is.left | is.newlines, blanks);
    const std::uint64_t item = first | after_comma_.after(is.commas, blanks);
    const std::uint64_t due = item | after_colon_.after(colons, blanks);
    is.item_opens = is.strings & item;
    const std::uint64_t in_item = close_items(is, in_string);
    const std::uint64_t after_item = after_item_.after(is.item_closes, blanks);

    const GrammarFaults faults = grammar_faults(
        {is.left, is.right, colons, is.strings, is.scalars, first, item, due, after_item});
    is.faults = faults.anywhere | rare.bad_escapes | (rare.control & in_string) |
                (rare.control & ~(rare.newlines | rare.blanks));
    is.object_faults = faults.in_object | (rare.backslashes & in_item);  // such a key is unusual
    is.array_faults = faults.in_array;
    return is;
  }

 private:
  /// Sets the closing quotes of the items; returns the bytes inside them.
  SLUICE_AVX2_INLINE std::uint64_t close_items(Structure& is, std::uint64_t in_string) noexcept {
    // A bit added to the opening quote comes out at the closing one.
    unsigned long long sum = 0;
    is_in_item_ = static_cast<std::uint64_t>(
        __builtin_add_overflow(is.item_opens | is_in_item_, in_string, &sum));
    is.item_closes = sum & ~in_string;
    return in_string & ~sum;
  }

  // Of the end of the block before: all ones in a string, 1 in a scalar, 1 in an item.
  std::uint64_t in_string_ = 0;
  std::uint64_t in_scalar_ = 0;
  std::uint64_t is_in_item_ = 0;
  Follow after_open_{1};
  Follow after_comma_;
  Follow after_colon_;
  Follow after_item_;
};

}  // namespace sluice::json

#endif
