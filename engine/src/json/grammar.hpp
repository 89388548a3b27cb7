// The grammar of JSON as bitmaps, of bytes or of tokens side by side: a rule such as "a colon
// follows a key" is one operation on 64 bits. Whoever finds the tokens, these are the rules.
#pragma once

#include <cstdint>

namespace sluice::json {

/// Where tokens stand, all of them outside strings, and what the ones before ask for.
struct Sequence {
  std::uint64_t left;   // { [
  std::uint64_t right;  // } ]
  std::uint64_t colons;
  std::uint64_t strings;
  std::uint64_t scalars;  // other values
  // Next after an opening bracket; after that or a comma; after that or a colon, so that a key or a
  // value is due; after a string that is a key, or an item of an array.
  std::uint64_t first;
  std::uint64_t item;
  std::uint64_t due;
  std::uint64_t after_item;
};

/// Where the grammar is broken: in any case; directly in an object; directly in an array.
struct GrammarFaults {
  std::uint64_t anywhere;
  std::uint64_t in_object;
  std::uint64_t in_array;
};

__attribute__((always_inline)) inline GrammarFaults grammar_faults(const Sequence& is) noexcept {
  GrammarFaults faults{};
  // A string, a scalar or an opening bracket stands where one is due, and nowhere else. Only a
  // closing bracket may stand there instead, right after the opening one.
  faults.anywhere = ((is.strings | is.scalars | is.left) ^ is.due) & ~(is.right & is.first);
  // In an object each item is a key with a colon.
  faults.in_object = (is.after_item ^ is.colons) | (is.item & (is.scalars | is.left));
  faults.in_array = is.colons;
  return faults;
}

}  // namespace sluice::json
