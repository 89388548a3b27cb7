// What stands where in 64 bytes of JSON, as bitmaps: bit i speaks of byte i. This is the only code
// that is written for AVX2; what is done with the bitmaps is plain 64-bit arithmetic.
#pragma once

#include "json/intrinsics.hpp"

#if defined(__x86_64__)

#include <cstdint>

// Functions with this attribute may use AVX2 whatever the build's own target is; they may be called
// only where cpu_has_avx2() says so.
#define SLUICE_AVX2 __attribute__((target("avx2,bmi,bmi2,pclmul,popcnt")))
#define SLUICE_AVX2_INLINE SLUICE_AVX2 __attribute__((always_inline)) inline

namespace sluice::json {

inline bool cpu_has_avx2() noexcept {
  return __builtin_cpu_supports("avx2") != 0 && __builtin_cpu_supports("bmi") != 0 &&
         __builtin_cpu_supports("bmi2") != 0 && __builtin_cpu_supports("pclmul") != 0 &&
         __builtin_cpu_supports("popcnt") != 0;
}

/// Each byte of JSON's structure has a code of three bits; plane a is the first bit of the 64
/// codes, and so on. Moving bits out of vector registers is dear, and three planes say as much as
/// six bitmaps.
///           plane a  plane b  plane c
///   quote      1        0        1
///   { [        1        1        0
///   } ]        1        0        0
///   ,          0        1        0
///   :          0        0        1
///   space      0        1        1
///   others     0        0        0
/// Some control characters are taken for structure as well; they are faults wherever they stand.
struct Planes {
  std::uint64_t a, b, c;
};

class BlockAvx2 {
 public:
  SLUICE_AVX2_INLINE explicit BlockAvx2(const char* text) noexcept
      : low_(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(text))),
        high_(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(text + 32))) {}

  SLUICE_AVX2_INLINE Planes planes() const noexcept {
    __m256i low = codes(low_);
    __m256i high = codes(high_);
    Planes planes{};
    planes.a = top_bits(low, high);
    low = _mm256_add_epi8(low, low);
    high = _mm256_add_epi8(high, high);
    planes.b = top_bits(low, high);
    low = _mm256_add_epi8(low, low);
    high = _mm256_add_epi8(high, high);
    planes.c = top_bits(low, high);
    return planes;
  }

  /// Whether there is any control character, backslash or byte outside ASCII.
  SLUICE_AVX2_INLINE bool has_special() const noexcept {
    // As signed numbers, bytes outside ASCII are below the space, too.
    const __m256i least = _mm256_min_epi8(low_, high_);
    const __m256i below = _mm256_cmpgt_epi8(_mm256_set1_epi8(' '), least);
    const __m256i backslash = _mm256_set1_epi8('\\');
    const __m256i escape =
        _mm256_or_si256(_mm256_cmpeq_epi8(low_, backslash), _mm256_cmpeq_epi8(high_, backslash));
    return _mm256_movemask_epi8(_mm256_or_si256(below, escape)) != 0;
  }

  SLUICE_AVX2_INLINE std::uint64_t equal(char c) const noexcept {
    const __m256i wanted = _mm256_set1_epi8(c);
    return top_bits(_mm256_cmpeq_epi8(low_, wanted), _mm256_cmpeq_epi8(high_, wanted));
  }
  SLUICE_AVX2_INLINE std::uint64_t control() const noexcept {
    const __m256i last = _mm256_set1_epi8(0x1F);
    return top_bits(_mm256_cmpeq_epi8(_mm256_min_epu8(low_, last), low_),
                    _mm256_cmpeq_epi8(_mm256_min_epu8(high_, last), high_));
  }
  /// Of brackets: whether they are { } and not [ ].
  SLUICE_AVX2_INLINE std::uint64_t are_curly() const noexcept {
    return top_bits(_mm256_slli_epi16(low_, 2), _mm256_slli_epi16(high_, 2));
  }
  SLUICE_AVX2_INLINE std::uint64_t non_ascii() const noexcept { return top_bits(low_, high_); }

 private:
  SLUICE_AVX2_INLINE static std::uint64_t top_bits(__m256i low, __m256i high) noexcept {
    const auto low_bits = static_cast<std::uint32_t>(_mm256_movemask_epi8(low));
    const auto high_bits = static_cast<std::uint32_t>(_mm256_movemask_epi8(high));
    return low_bits | (static_cast<std::uint64_t>(high_bits) << 32U);
  }

  /// The code of each byte in its three top bits. A byte's low nibble chooses the one structural
  /// character that it can be; setting 0x20 maps [ ] to { }.
  SLUICE_AVX2_INLINE static __m256i codes(__m256i text) noexcept {
    const char none = 1;  // equals no byte in which 0x20 is set
    const __m256i candidates = _mm256_setr_epi8(' ', none, '"', none, none, none, none, none, none,
                                                none, ':', '{', ',', '}', none, none,  //
                                                ' ', none, '"', none, none, none, none, none, none,
                                                none, ':', '{', ',', '}', none, none);
    const char quote = static_cast<char>(0xA0), open = static_cast<char>(0xC0),
               close = static_cast<char>(0x80), comma = 0x40, colon = 0x20, space = 0x60;
    const __m256i table =
        _mm256_setr_epi8(space, 0, quote, 0, 0, 0, 0, 0, 0, 0, colon, open, comma, close, 0, 0,  //
                         space, 0, quote, 0, 0, 0, 0, 0, 0, 0, colon, open, comma, close, 0, 0);
    const __m256i folded = _mm256_or_si256(text, _mm256_set1_epi8(0x20));
    const __m256i is_structural = _mm256_cmpeq_epi8(_mm256_shuffle_epi8(candidates, text), folded);
    return _mm256_and_si256(_mm256_shuffle_epi8(table, text), is_structural);
  }

  __m256i low_;
  __m256i high_;
};

/// Bit i of the result is the parity of the bits 0 to i.
SLUICE_AVX2_INLINE std::uint64_t prefix_xor(std::uint64_t bits) noexcept {
  const __m128i all_ones = _mm_set1_epi8(static_cast<char>(0xFF));
  const __m128i product =
      _mm_clmulepi64_si128(_mm_set_epi64x(0, static_cast<long long>(bits)), all_ones, 0);
  return static_cast<std::uint64_t>(_mm_cvtsi128_si64(product));
}

}  // namespace sluice::json

#endif
