#include "segments.hpp"

#include <emmintrin.h>

#include <algorithm>
#include <bit>
#include <cstring>

namespace sluice::internal {

namespace {

struct Masks {
  unsigned dots;
  unsigned allowed;
};

__m128i in_range(__m128i bytes, char first, char last) {
  const __m128i offset = _mm_sub_epi8(bytes, _mm_set1_epi8(first));
  const __m128i width = _mm_set1_epi8(static_cast<char>(last - first));
  return _mm_cmpeq_epi8(_mm_min_epu8(offset, width), offset);
}

Masks classify(const char* text) noexcept {
  const __m128i bytes = _mm_load_si128(reinterpret_cast<const __m128i*>(text));
  const __m128i dots = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('.'));
  const __m128i letters = in_range(_mm_or_si128(bytes, _mm_set1_epi8(0x20)), 'a', 'z');
  const __m128i digits = in_range(bytes, '0', '9');
  const __m128i others = _mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('_')),
                                      _mm_cmpeq_epi8(bytes, _mm_set1_epi8('-')));
  const __m128i allowed = _mm_or_si128(_mm_or_si128(letters, digits), _mm_or_si128(others, dots));
  return {static_cast<unsigned>(_mm_movemask_epi8(dots)),
          static_cast<unsigned>(_mm_movemask_epi8(allowed))};
}

// short_text() without branches: 16 readable bytes, of which `size` stay.
ShortText padded_short(const char* text, std::size_t size) noexcept {
  static constexpr std::array<std::int8_t, 32> kKeep = {-1, -1, -1, -1, -1, -1, -1, -1,
                                                        -1, -1, -1, -1, -1, -1, -1, -1};
  const __m128i keep = _mm_loadu_si128(reinterpret_cast<const __m128i*>(&kKeep[16 - size]));
  const __m128i bytes =
      _mm_and_si128(_mm_loadu_si128(reinterpret_cast<const __m128i*>(text)), keep);
  return {static_cast<std::uint64_t>(_mm_cvtsi128_si64(bytes)),
          static_cast<std::uint64_t>(_mm_cvtsi128_si64(_mm_unpackhi_epi64(bytes, bytes)))};
}

// Two moves that may overlap, instead of a call, for 1 to 15 bytes.
void copy_short(char* to, const char* from, std::size_t size) noexcept {
  if (size >= 8) {
    std::memcpy(to, from, 8);
    std::memcpy(to + size - 8, from + size - 8, 8);
  } else if (size >= 4) {
    std::memcpy(to, from, 4);
    std::memcpy(to + size - 4, from + size - 4, 4);
  } else {
    to[0] = from[0];
    to[size / 2] = from[size / 2];
    to[size - 1] = from[size - 1];
  }
}

}  // namespace

bool Segments::copy(std::string_view name) noexcept {
  bytes_ = name.size();
  if (name.empty() || name.size() > kMaxNameBytes) return false;
  char* const to = text_.data();
  std::size_t at = 0;
  for (; at + 16 <= bytes_; at += 16) std::memcpy(to + at, name.data() + at, 16);
  if (at == 0) {
    copy_short(to, name.data(), bytes_);
  } else if (at < bytes_) {
    std::memcpy(to + bytes_ - 16, name.data() + bytes_ - 16, 16);
  }
  return true;
}

bool Segments::split() noexcept {
  size_ = 0;
  begins_[0] = 0;
  for (std::size_t at = 0; at < bytes_; at += 64) {
    const std::size_t left = std::min(bytes_ - at, std::size_t{64});
    std::uint64_t dots = 0;
    std::uint64_t refused = 0;
    for (std::size_t i = 0; i < left; i += 16) {
      const Masks masks = classify(text_.data() + at + i);
      dots |= std::uint64_t{masks.dots} << i;
      refused |= std::uint64_t{~masks.allowed & 0xFFFFU} << i;
    }
    const std::uint64_t within = ~std::uint64_t{0} >> (64 - left);
    if ((refused & within) != 0) return false;
    for (dots &= within; dots != 0; dots &= dots - 1) {
      if (!end_segment(at + static_cast<unsigned>(std::countr_zero(dots)))) return false;
    }
  }
  return end_segment(bytes_);
}

bool Segments::end_segment(std::size_t end) noexcept {
  const std::size_t length = end - begins_[size_];
  if (length - 1 >= kMaxSegmentBytes || size_ == kMaxSegments) return false;
  begins_[++size_] = static_cast<std::uint16_t>(end + 1);
  return true;
}

void Segments::resolve(const Symbols& table, const Hashing& hashing) noexcept {
  for (unsigned i = 0; i < size_; ++i) {
    const char* const text = text_.data() + begins_[i];
    const std::size_t size = begins_[i + 1] - begins_[i] - 1U;
    if (size > kShortBytes) {
      symbols_[i] = table.find_number(hashing(text, size), text, size, kUnknownSymbol);
      continue;
    }
    const ShortText chunks = padded_short(text, size);
    symbols_[i] = table.find_short(hashing.of_short(chunks, size), chunks, size, kUnknownSymbol);
  }
  symbols_[size_] = kEndSymbol;
}

bool covers(std::span<const Symbol> pattern, std::span<const Symbol> name) noexcept {
  std::size_t p = 0;
  std::size_t n = 0;
  std::size_t globstar = pattern.size();  // the last `**` that was passed, and where it stands
  std::size_t swallowed = 0;
  while (n < name.size()) {
    if (p < pattern.size() && pattern[p] == kGlobstarSymbol) {
      globstar = p++;
      swallowed = n;
    } else if (p < pattern.size() && (pattern[p] == kStarSymbol || pattern[p] == name[n])) {
      ++p;
      ++n;
    } else if (globstar < pattern.size()) {
      p = globstar + 1;
      n = ++swallowed;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == kGlobstarSymbol) ++p;
  return p == pattern.size();
}

}  // namespace sluice::internal
