// Numbers and literals, gathered while a line is read and checked when it ends: one loop over many
// is predicted better than a loop over one or two in each block.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "json/block_avx2.hpp"
#include "json/tokens.hpp"

#if defined(__x86_64__)

namespace sluice::json {

/// Bytes that may stand right after a number or a literal, apart from those that are faults there.
consteval std::array<bool, 256> scalar_ends() {
  std::array<bool, 256> table{};
  for (const char c : {',', ']', '}', ' ', '\t', '\r', '\n'})
    table[static_cast<unsigned char>(c)] = true;
  return table;
}
inline constexpr std::array<bool, 256> kScalarEnds = scalar_ends();

inline bool ends_scalar(char c) noexcept { return kScalarEnds[static_cast<unsigned char>(c)]; }

/// Whether the four bytes at `at` are `word`: one comparison.
inline bool is_word(const char* at, const char (&word)[5]) noexcept {
  return std::memcmp(at, word, 4) == 0;
}

/// True only for a good number; false for some good ones, too: with an exponent, or long.
SLUICE_AVX2_INLINE bool is_plain_number(const char* at) noexcept {
  if (*at == '-') ++at;
  const __m128i values =
      _mm_sub_epi8(_mm_loadu_si128(reinterpret_cast<const __m128i*>(at)), _mm_set1_epi8('0'));
  const auto digits = static_cast<std::uint32_t>(
      _mm_movemask_epi8(_mm_cmpeq_epi8(_mm_min_epu8(values, _mm_set1_epi8(9)), values)));
  const std::uint32_t others = ~digits;
  const unsigned whole = _tzcnt_u32(others);
  if (whole == 0 || (*at == '0' && whole != 1)) return false;
  if (at[whole] != '.') return ends_scalar(at[whole]);
  const unsigned fraction_end = _tzcnt_u32(_blsr_u32(others));  // the dot is the first of them
  return fraction_end != whole + 1 && ends_scalar(at[fraction_end]);
}

SLUICE_AVX2_INLINE bool is_plain_scalar(const char* at) noexcept {
  if (*at <= '9') return is_plain_number(at);
  if (is_word(at, "true") || is_word(at, "null")) return ends_scalar(at[4]);
  return is_word(at, "fals") && at[4] == 'e' && ends_scalar(at[5]);
}

/// The exact answer. Complexity: O(bytes).
inline bool is_scalar(const char* at, const char* end) noexcept {
  const Token token =
      *at == 't' || *at == 'f' || *at == 'n' ? read_literal(at, end) : read_number(at, end);
  return token.is_valid && ends_scalar(*token.at);
}

class ScalarQueue {
 public:
  /// Takes the scalars of one block. False: it was full, and one of the earlier ones is bad.
  SLUICE_AVX2_INLINE bool add(const char* block, std::uint64_t starts, const char* end) noexcept {
    const auto count = static_cast<unsigned>(std::popcount(starts));
    const char** into = queue_.data() + size_;
    for (unsigned i = 0; i < 3; ++i) {  // most blocks have no more; surplus writes do no harm
      into[i] = block + _tzcnt_u64(starts);
      starts = _blsr_u64(starts);
    }
    for (unsigned i = 3; i < count; ++i) {
      into[i] = block + _tzcnt_u64(starts);
      starts = _blsr_u64(starts);
    }
    size_ += count;
    return size_ <= kCapacity || check(end);
  }

  /// Checks and drops all. False: one of them is bad.
  SLUICE_AVX2_INLINE bool check(const char* end) noexcept {
    for (std::size_t i = 0; i < size_; ++i) {
      if (!is_plain_scalar(queue_[i]) && !is_scalar(queue_[i], end)) return false;
    }
    size_ = 0;
    return true;
  }

 private:
  static constexpr std::size_t kCapacity = 256;

  std::array<const char*, kCapacity + 64> queue_;
  std::size_t size_ = 0;
};

}  // namespace sluice::json

#endif
