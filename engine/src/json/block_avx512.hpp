// What stands where in 64 bytes of JSON, as bitmaps: bit i speaks of byte i. With AVX-512 a register
// holds the whole block and a comparison gives its bitmap at once. To move a bitmap to where it is
// calculated with costs two cycles, so there are few of them.
#pragma once

#include "json/intrinsics.hpp"

#if defined(__x86_64__)

#include <array>
#include <cstddef>
#include <cstdint>

// Functions with this attribute may be called only where cpu_has_avx512() says so. They may use all
// that functions for AVX2 may.
#define SLUICE_AVX512                                                              \
  __attribute__((                                                                  \
      target("avx512f,avx512bw,avx512dq,avx512vl,avx512vbmi,avx512vbmi2,avx2,bmi," \
             "bmi2,pclmul,popcnt")))
#define SLUICE_AVX512_INLINE SLUICE_AVX512 __attribute__((always_inline)) inline

namespace sluice::json {

inline bool cpu_has_avx512() noexcept {
  return __builtin_cpu_supports("avx512bw") != 0 && __builtin_cpu_supports("avx512dq") != 0 &&
         __builtin_cpu_supports("avx512vl") != 0 && __builtin_cpu_supports("avx512vbmi") != 0 &&
         __builtin_cpu_supports("avx512vbmi2") != 0;
}

/// A table for each quarter of a register. As such it stays in a register.
consteval std::array<char, 64> repeated(const std::array<char, 16>& table) {
  std::array<char, 64> all{};
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = table[i % table.size()];
  return all;
}
/// The groups that a byte may be in, by its low and by its high nibble:
///   1: { } [ ]    2: ,    4: \n    8: :    16: space    32: tab, carriage return
alignas(64) inline constexpr std::array<char, 64> kGroupsByLow = repeated({16, 0, 0, 0, 0, 0, 0, 0,
                                                                           0, 32, 4 | 8, 1, 2,
                                                                           1 | 32, 0, 0});
alignas(64) inline constexpr std::array<char, 64> kGroupsByHigh = repeated({4 | 32, 0, 2 | 16, 8, 0,
                                                                            1, 0, 1, 0, 0, 0, 0, 0,
                                                                            0, 0, 0});

/// The groups that both nibbles of a byte are in. A byte outside ASCII is in none, since the first
/// table is not asked about it.
SLUICE_AVX512_INLINE __m512i groups_of(__m512i text) noexcept {
  const __m512i by_low = _mm512_load_si512(kGroupsByLow.data());
  const __m512i by_high = _mm512_load_si512(kGroupsByHigh.data());
  const __m512i high = _mm512_and_si512(_mm512_srli_epi16(text, 4), _mm512_set1_epi8(15));
  return _mm512_and_si512(_mm512_shuffle_epi8(by_low, text), _mm512_shuffle_epi8(by_high, high));
}

class BlockAvx512 {
 public:
  SLUICE_AVX512_INLINE explicit BlockAvx512(const char* text) noexcept
      : text_(_mm512_loadu_si512(text)), groups_(groups_of(text_)) {}

  SLUICE_AVX512_INLINE __m512i text() const noexcept { return text_; }
  SLUICE_AVX512_INLINE std::uint64_t equal(char c) const noexcept {
    return _mm512_cmpeq_epi8_mask(text_, _mm512_set1_epi8(c));
  }
  SLUICE_AVX512_INLINE std::uint64_t control() const noexcept {
    return _mm512_cmplt_epu8_mask(text_, _mm512_set1_epi8(' '));
  }
  /// { } [ ] , : and \n
  SLUICE_AVX512_INLINE std::uint64_t marks() const noexcept {
    return _mm512_test_epi8_mask(groups_, _mm512_set1_epi8(15));
  }
  /// These, and spaces, tabs and carriage returns.
  SLUICE_AVX512_INLINE std::uint64_t marks_and_blanks() const noexcept {
    return _mm512_test_epi8_mask(groups_, groups_);
  }

 private:
  __m512i text_;
  __m512i groups_;
};

}  // namespace sluice::json

#endif
