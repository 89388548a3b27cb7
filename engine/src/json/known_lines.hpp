// Events of one producer look alike: the same keys in the same order, so the same tokens. A line
// whose tokens are those of an earlier line that kept the grammar keeps it, too, and its own keys
// are where they were; one comparison says so. Numbers, literals and strings are not part of this:
// they are checked each time.
#pragma once

#include "json/token_index.hpp"

#if defined(__x86_64__)

#include <array>
#include <cstddef>
#include <cstdint>

namespace sluice::json {

/// A line of up to 127 tokens and its newline.
struct KnownLine {
  __m512i tokens[2];
  std::uint64_t used[2] = {0, 0};    // of these tokens
  std::uint64_t colons[2] = {0, 0};  // behind the event's own keys
};

class KnownLines {
 public:
  /// Tokens of the line that begins with token `first`; 0: there are too many, or no line ends.
  SLUICE_AVX512_INLINE static unsigned count(const TokenIndex& index, std::size_t first) noexcept {
    const __m512i newline = _mm512_set1_epi8('\n');
    const std::uint64_t low = _mm512_cmpeq_epi8_mask(index.bytes(first), newline);
    const std::uint64_t high = _mm512_cmpeq_epi8_mask(index.bytes(first + 64), newline);
    const auto tokens = static_cast<unsigned>(low != 0 ? _tzcnt_u64(low) : 64 + _tzcnt_u64(high));
    return tokens < 128 && first + tokens < index.size() ? tokens : 0;
  }

  /// A line with the same tokens, or null.
  SLUICE_AVX512_INLINE const KnownLine* find(const TokenIndex& index, std::size_t first,
                                             unsigned count) const noexcept {
    const KnownLine& line = lines_[count % lines_.size()];
    const __mmask64 low =
        _mm512_mask_cmpneq_epi8_mask(line.used[0], index.bytes(first), line.tokens[0]);
    const __mmask64 high =
        _mm512_mask_cmpneq_epi8_mask(line.used[1], index.bytes(first + 64), line.tokens[1]);
    const bool is_same = _kortestz_mask64_u8(low, high) != 0;
    return is_same && line.used[0] != 0 ? &line : nullptr;
  }

  /// Remembers a line in which `colons` are behind the event's own keys.
  SLUICE_AVX512_INLINE void add(const TokenIndex& index, std::size_t first, unsigned count,
                                const std::uint64_t (&colons)[2]) noexcept {
    KnownLine& line = lines_[count % lines_.size()];
    line.tokens[0] = index.bytes(first);
    line.tokens[1] = index.bytes(first + 64);
    line.used[0] = _bzhi_u64(~std::uint64_t{0}, count + 1);  // with the newline
    line.used[1] = count < 64 ? 0 : _bzhi_u64(~std::uint64_t{0}, count - 63);
    line.colons[0] = colons[0];
    line.colons[1] = colons[1];
  }

 private:
  std::array<KnownLine, 16> lines_;
};

}  // namespace sluice::json

#endif
