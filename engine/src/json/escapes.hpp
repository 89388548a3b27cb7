// The escapes of a stretch of JSON, block by block: which bytes they escape, and which are none.
#pragma once

#include <bit>
#include <cstdint>

#include "json/structure.hpp"
#include "json/tokens.hpp"

#if defined(__x86_64__)

namespace sluice::json {

class EscapeReader {
 public:
  /// Whether the first byte of the next block is escaped.
  bool is_pending() const noexcept { return pending_ != 0; }

  /// Sets what is escaped by `rare.backslashes`. A backslash outside strings is treated alike: it
  /// is a fault of its own, and comes first.
  void read(const char* block, const char* end, RareBytes& rare) noexcept {
    rare.escaped = pending_;
    std::uint64_t starts = rare.backslashes & ~pending_;
    pending_ = 0;
    while (starts != 0) {
      const int i = std::countr_zero(starts);
      const std::uint64_t start = std::uint64_t{1} << i;
      if (!is_good(block + i, end)) rare.bad_escapes |= start;
      rare.escaped |= start << 1U;
      if (i == 63) pending_ = 1;
      starts &= ~(start | start << 1U);
    }
  }

 private:
  bool is_good(const char* at, const char* end) noexcept {
    if (at[1] != 'u') return kSimpleEscapes[static_cast<unsigned char>(at[1])] != 0;
    if (at == low_half_) return true;
    const Token escape = read_escape(at, end);
    low_half_ = escape.is_valid && escape.at - at > 6 ? at + 6 : nullptr;
    return escape.is_valid;
  }

  std::uint64_t pending_ = 0;
  const char* low_half_ = nullptr;  // of a pair of surrogates that was judged with its high half
};

}  // namespace sluice::json

#endif
