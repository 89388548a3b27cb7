// Values of fields, found and checked with a few vector operations. What has an escape or is longer
// than usual is left to FieldReader.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>

#include "json/block_avx2.hpp"
#include "json/event_fields.hpp"
#include "sluice/pattern.hpp"

#if defined(__x86_64__)

namespace sluice::json {

/// A bit for each of 32 bytes.
SLUICE_AVX2_INLINE std::uint32_t bits(__m256i bytes) noexcept {
  return static_cast<std::uint32_t>(_mm256_movemask_epi8(bytes));
}

SLUICE_AVX2_INLINE std::uint32_t equal_bits(__m256i text, char c) noexcept {
  return bits(_mm256_cmpeq_epi8(text, _mm256_set1_epi8(c)));
}

/// The bytes of 32 that may stand in a segment of a name. Two tables say which of these groups each
/// nibble is in; a byte is good if its nibbles share one:
///   1: -    2: 0-9    4: A-O a-o (low nibble 1-15)    8: P-Z    16: _    32: p-z
SLUICE_AVX2_INLINE std::uint32_t segment_bits(__m256i text) noexcept {
  const __m256i by_low = _mm256_broadcastsi128_si256(
      _mm_setr_epi8(42, 46, 46, 46, 46, 46, 46, 46, 46, 46, 44, 4, 4, 5, 4, 20));
  const __m256i by_high =
      _mm256_broadcastsi128_si256(_mm_setr_epi8(0, 0, 1, 2, 4, 24, 4, 32, 0, 0, 0, 0, 0, 0, 0, 0));
  const __m256i high = _mm256_and_si256(_mm256_srli_epi16(text, 4), _mm256_set1_epi8(15));
  const __m256i shared =
      _mm256_and_si256(_mm256_shuffle_epi8(by_low, text), _mm256_shuffle_epi8(by_high, high));
  return ~bits(_mm256_cmpeq_epi8(shared, _mm256_setzero_si256()));
}

/// The size of the well-formed event name that begins at `at` and ends at a quote; 0: it is not
/// well-formed, or longer than 31 bytes (and so than no limit of names but that of segments).
SLUICE_AVX2_INLINE std::size_t short_name(const char* at) noexcept {
  const __m256i text = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(at));
  const std::uint32_t dots = equal_bits(text, '.');
  const std::uint32_t others = ~(segment_bits(text) | dots);
  const std::uint32_t end = others & (0 - others);
  const std::uint32_t dots_within = dots & (end - 1);
  // A dot or the end, right at the start or after a dot, ends an empty segment.
  const bool has_empty = ((dots_within | end) & (dots_within << 1U | 1U)) != 0;
  if (others == 0 || has_empty) return 0;
  if (static_cast<std::size_t>(std::popcount(dots_within)) >= kMaxSegments) return 0;
  const auto size = static_cast<std::size_t>(std::countr_zero(others));
  return at[size] == '"' ? size : 0;
}

/// The size of the text that begins at `at` and ends at a quote, if that is within 32 bytes and no
/// backslash is before it; else -1.
SLUICE_AVX2_INLINE int short_text(const char* at) noexcept {
  const __m256i text = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(at));
  const std::uint32_t stops = equal_bits(text, '"') | equal_bits(text, '\\');
  if (stops == 0) return -1;
  const int size = std::countr_zero(stops);
  return at[size] == '"' ? size : -1;
}

/// The size of the text that begins at `at`, inside a valid string, and ends at its quote; -1 if a
/// backslash is before it. Complexity: O(bytes).
SLUICE_AVX2_INLINE std::ptrdiff_t plain_text(const char* at) noexcept {
  for (const char* block = at;; block += 32) {
    const __m256i text = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(block));
    const std::uint32_t stops = equal_bits(text, '"') | equal_bits(text, '\\');
    if (stops == 0) continue;
    const char* const stop = block + std::countr_zero(stops);
    return *stop == '"' ? stop - at : -1;
  }
}

/// The size of the id that begins at `at`, inside a valid string, and ends at its quote; 0: it is
/// empty, too long, or not of visible ASCII characters without escapes.
SLUICE_AVX2_INLINE std::size_t plain_id(const char* at) noexcept {
  for (std::size_t before = 0; before <= kMaxIdBytes; before += 32) {
    const __m256i text = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(at + before));
    // As signed numbers, bytes outside ASCII are below the space, too.
    const std::uint32_t above = bits(_mm256_cmpgt_epi8(text, _mm256_set1_epi8(' ')));
    const std::uint32_t stops =
        ~above | equal_bits(text, '"') | equal_bits(text, '\\') | equal_bits(text, '\x7F');
    if (stops == 0) continue;
    const std::size_t size = before + static_cast<std::size_t>(std::countr_zero(stops));
    return at[size] == '"' && size <= kMaxIdBytes ? size : 0;
  }
  return 0;
}

}  // namespace sluice::json

#endif
