#include "json/token_index.hpp"

#if defined(__x86_64__)

#include "json/block_avx2.hpp"

namespace sluice::json {
namespace {

alignas(64) constexpr std::array<char, 64> kByteNumbers = [] {
  std::array<char, 64> numbers{};
  for (char i = 0; i < 64; ++i) numbers[static_cast<unsigned char>(i)] = i;
  return numbers;
}();

}  // namespace

/// Puts the tokens of the block at `offset` behind the `size` that there are. Returns their number.
/// Long stores are dear, and most blocks have few tokens.
SLUICE_AVX512_INLINE std::size_t TokenIndex::add(__m512i text, std::uint64_t tokens, __m256i offset,
                                                 std::size_t size) noexcept {
  const __m512i numbers = _mm512_load_si512(kByteNumbers.data());
  const __m512i within = _mm512_maskz_compress_epi8(tokens, numbers);
  const __m512i bytes = _mm512_permutexvar_epi8(within, text);
  store_bytes<0>(bytes, size);
  store_offsets<0>(within, offset, size);
  const auto count = static_cast<std::size_t>(_mm_popcnt_u64(tokens));
  if (count > 16) [[unlikely]] {
    store_offsets<1>(within, offset, size);
    if (count > 32) {
      store_bytes<1>(bytes, size);
      store_offsets<2>(within, offset, size);
      store_offsets<3>(within, offset, size);
    }
  }
  return count;
}

template <int Half>
SLUICE_AVX512_INLINE void TokenIndex::store_bytes(__m512i bytes, std::size_t size) noexcept {
  auto* const into = reinterpret_cast<__m256i*>(bytes_.data() + size + 32 * Half);
  _mm256_storeu_si256(into, _mm512_extracti64x4_epi64(bytes, Half));
}

template <int Quarter>
SLUICE_AVX512_INLINE void TokenIndex::store_offsets(__m512i within, __m256i offset,
                                                    std::size_t size) noexcept {
  auto* const into = reinterpret_cast<__m256i*>(offsets_.data() + size + 16 * Quarter);
  const __m128i quarter = _mm512_extracti32x4_epi32(within, Quarter);
  _mm256_storeu_si256(into, _mm256_add_epi16(_mm256_cvtepu8_epi16(quarter), offset));
}

/// Adds the tokens of a block. `faults` are bytes that may not stand in a string.
SLUICE_AVX512_INLINE void TokenIndex::take(const BlockAvx512& text, std::uint64_t quotes,
                                           std::uint64_t faults, std::ptrdiff_t offset,
                                           Reached& reached) noexcept {
  reached.all = _mm512_or_si512(reached.all, text.text());
  // From each opening quote up to its closing one, which is outside.
  const std::uint64_t in_string = prefix_xor(quotes) ^ reached.in_string;
  reached.in_string = static_cast<std::uint64_t>(static_cast<std::int64_t>(in_string) >> 63U);
  const std::uint64_t in_scalar = ~(text.marks_and_blanks() | quotes | in_string);
  const std::uint64_t scalars = in_scalar & ~(in_scalar << 1U | reached.in_scalar);
  reached.in_scalar = in_scalar >> 63U;
  const std::uint64_t tokens =
      (text.marks() & ~in_string) | ((quotes | faults) & in_string) | scalars;
  const __m256i offsets = _mm256_set1_epi16(static_cast<short>(offset));
  reached.size += add(text.text(), tokens, offsets, reached.size);
}

/// Reads from `block` on up to the first block with a backslash, or the end; returns where that is.
/// What is rare is outside of this loop, so that its constants can stay in registers.
SLUICE_AVX512_INLINE const char* TokenIndex::read_plain(const char* block) noexcept {
  if (escapes_.is_pending()) return block;
  Reached reached = reached_;  // a copy, since stores of bytes might change the member
  const Window window = window_;
  for (; block < window.end; block += 64) {
    const BlockAvx512 text{block};
    const __mmask64 backslashes = text.equal('\\');
    if (_kortestz_mask64_u8(backslashes, backslashes) == 0) [[unlikely]]
      break;
    take(text, text.equal('"'), text.control(), block - window.begin, reached);
  }
  reached_ = reached;
  return block;
}

SLUICE_AVX512 void TokenIndex::read_escaped(const char* block) noexcept {
  const BlockAvx512 text{block};
  RareBytes rare;
  rare.backslashes = text.equal('\\');
  escapes_.read(block, window_.input_end, rare);
  has_backslashes_ = true;
  take(text, text.equal('"') & ~rare.escaped, text.control() | rare.bad_escapes,
       block - window_.begin, reached_);
}

SLUICE_AVX512 void TokenIndex::read(const char* window, const char* window_end,
                                    const char* end) noexcept {
  window_ = {window, window_end, end};
  reached_.size = 0;
  reached_.all = _mm512_setzero_si512();
  const char* block = window;
  while ((block = read_plain(block)) < window_end) {
    read_escaped(block);
    block += 64;
  }
  while (reached_.size != 0 && at(reached_.size - 1) >= end) --reached_.size;
  bytes_[reached_.size] = '\n';  // for who looks for the end of a line
  has_non_ascii_ = _mm512_movepi8_mask(reached_.all) != 0;
}

}  // namespace sluice::json

#endif
