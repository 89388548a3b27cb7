// The tokens of a stretch of JSON lines, put side by side: one byte says what a token is, two where
// it stands. A few hundred bytes of an event become some seventy tokens, so that what is asked of
// the grammar is asked once for several blocks.
#pragma once

#include "json/block_avx512.hpp"

#if defined(__x86_64__)

#include <array>
#include <cstddef>
#include <cstdint>

#include "json/escapes.hpp"

namespace sluice::json {

class TokenIndex {
 public:
  /// Small enough for the first-level cache, large enough that few lines lie across two windows.
  static constexpr std::size_t kMaxWindowBytes = 8192;

  /// Finds the tokens from `window` to `window_end`, of an input that ends at `end`. The first
  /// window begins with a line, each other where the one before ended. A token is its first byte:
  /// a bracket, comma, colon or newline; the quote that opens a string; what a number or a literal
  /// begins with. A byte that may not stand in its string is a token, too, which no rule allows.
  /// Complexity: O(bytes).
  SLUICE_AVX512 void read(const char* window, const char* window_end, const char* end) noexcept;

  std::size_t size() const noexcept { return reached_.size; }
  bool has_non_ascii() const noexcept { return has_non_ascii_; }
  /// Whether there was one in any window so far.
  bool has_backslashes() const noexcept { return has_backslashes_; }

  /// Where token `i` stands.
  const char* at(std::size_t i) const noexcept { return window_.begin + offsets_[i]; }
  SLUICE_AVX512_INLINE __m512i bytes(std::size_t i) const noexcept {
    return _mm512_loadu_si512(bytes_.data() + i);
  }

  /// Those of 64 tokens that are the first bytes of numbers and literals, or of what is neither.
  /// From now on each has the byte 0, so that the same values are the same tokens.
  SLUICE_AVX512_INLINE std::uint64_t take_scalars(std::size_t first) noexcept {
    const __m512i tokens = bytes(first);
    const __m512i groups = groups_of(tokens);
    const __mmask64 others = _mm512_cmpneq_epi8_mask(tokens, _mm512_set1_epi8('"'));
    __mmask64 scalars = _mm512_mask_testn_epi8_mask(others, groups, groups);
    if (size() - first < 64) scalars = _bzhi_u64(scalars, static_cast<unsigned>(size() - first));
    _mm512_mask_storeu_epi8(bytes_.data() + first, scalars, _mm512_setzero_si512());
    return scalars;
  }

 private:
  struct Window {
    const char* begin;
    const char* end;
    const char* input_end;
  };

  /// What the blocks so far left behind.
  struct Reached {
    std::size_t size = 0;         // tokens
    __m512i all;                  // all blocks of the window, one over the other
    std::uint64_t in_string = 0;  // all ones: the next block begins in a string
    std::uint64_t in_scalar = 0;  // 1: ... in a number or a literal
  };

  SLUICE_AVX512_INLINE const char* read_plain(const char* block) noexcept;
  SLUICE_AVX512 void read_escaped(const char* block) noexcept;
  SLUICE_AVX512_INLINE void take(const BlockAvx512& text, std::uint64_t quotes,
                                 std::uint64_t faults, std::ptrdiff_t offset,
                                 Reached& reached) noexcept;
  SLUICE_AVX512_INLINE std::size_t add(__m512i text, std::uint64_t tokens, __m256i offset,
                                       std::size_t size) noexcept;
  template <int Half>
  SLUICE_AVX512_INLINE void store_bytes(__m512i bytes, std::size_t size) noexcept;
  template <int Quarter>
  SLUICE_AVX512_INLINE void store_offsets(__m512i within, __m256i offset,
                                          std::size_t size) noexcept;

  std::array<char, kMaxWindowBytes + 128> bytes_;
  std::array<std::uint16_t, kMaxWindowBytes + 64> offsets_;
  Window window_{};
  Reached reached_;
  bool has_non_ascii_ = false;
  bool has_backslashes_ = false;
  EscapeReader escapes_;
};

}  // namespace sluice::json

#endif
