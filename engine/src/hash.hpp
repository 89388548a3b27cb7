// The hash of segments, names and scopes: folded multiplication, 16 bytes a step. Nothing behind a
// text is ever read.
// Source: the wyhash family (Wang Yi, 2019) for the folding; constants are digits of pi.
#pragma once

#include <emmintrin.h>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace sluice::internal {

static_assert(std::endian::native == std::endian::little,
              "short texts are cut by shifts of little-endian words");

__extension__ using Wide = unsigned __int128;

inline std::uint64_t folded(std::uint64_t a, std::uint64_t b) noexcept {
  const auto product = static_cast<Wide>(a) * b;
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64U);
}

template <class Word>
Word loaded(const char* at) noexcept {
  Word word;
  std::memcpy(&word, at, sizeof(word));
  return word;
}

/// The first and the second 8 bytes of a text of up to 16, zero-padded.
struct ShortText {
  std::uint64_t head;
  std::uint64_t tail;

  friend bool operator==(const ShortText&, const ShortText&) = default;
};
inline constexpr std::size_t kShortBytes = 16;

/// By loads that overlap.
inline ShortText short_text(const char* text, std::size_t size) noexcept {
  if (size > 8) {
    const auto last = loaded<std::uint64_t>(text + size - 8);
    return {loaded<std::uint64_t>(text), last >> (8 * (16 - size))};
  }
  if (size >= 4) {
    const auto last = std::uint64_t{loaded<std::uint32_t>(text + size - 4)};
    return {loaded<std::uint32_t>(text) | last << (8 * (size - 4)), 0};
  }
  if (size == 0) return {0, 0};
  const auto byte = [&](std::size_t at) {
    return std::uint64_t{static_cast<unsigned char>(text[at])} << (8 * at);
  };
  return {byte(0) | byte(size / 2) | byte(size - 1), 0};
}

inline constexpr std::uint64_t kHeadDigits = 0x243F6A8885A308D3U;
inline constexpr std::uint64_t kTailDigits = 0x13198A2E03707345U;

/// hash_text() of a text of up to 16 bytes.
inline std::uint64_t hash_short(std::uint64_t seed, ShortText text, std::size_t size) noexcept {
  return folded(text.head ^ seed ^ kHeadDigits, text.tail ^ kTailDigits ^ (size << 56U));
}

/// The constants hold bytes that no name has, so a factor is 0 for none that can be subscribed to.
/// Complexity: O(bytes), 16 of them a multiplication.
inline std::uint64_t hash_text(std::uint64_t seed, const char* text, std::size_t size) noexcept {
  if (size <= kShortBytes) return hash_short(seed, short_text(text, size), size);
  const char* const last = text + size - 16;
  std::uint64_t hash = seed ^ kHeadDigits ^ size;
  for (; text < last; text += 16) {
    hash =
        folded(loaded<std::uint64_t>(text) ^ kTailDigits, loaded<std::uint64_t>(text + 8) ^ hash);
  }
  return folded(loaded<std::uint64_t>(last) ^ kTailDigits,
                loaded<std::uint64_t>(last + 8) ^ hash ^ 0xA4093822299F31D1U);
}

/// Whether two texts of the same size are equal.
inline bool is_same_text(const char* one, const char* other, std::size_t size) noexcept {
  if (size <= kShortBytes) return short_text(one, size) == short_text(other, size);
  const auto difference = [&](std::size_t at) {
    return _mm_xor_si128(_mm_loadu_si128(reinterpret_cast<const __m128i*>(one + at)),
                         _mm_loadu_si128(reinterpret_cast<const __m128i*>(other + at)));
  };
  __m128i different = difference(size - 16);
  for (std::size_t at = 0; at + 16 < size; at += 16) {
    different = _mm_or_si128(different, difference(at));
  }
  return _mm_movemask_epi8(_mm_cmpeq_epi8(different, _mm_setzero_si128())) == 0xFFFF;
}

/// How a Matcher hashes. `mask` is all ones but in tests, which force collisions with it.
struct Hashing {
  std::uint64_t seed;
  std::uint64_t mask;

  std::uint64_t operator()(const char* text, std::size_t size) const noexcept {
    return hash_text(seed, text, size) & mask;
  }
  std::uint64_t of_short(ShortText text, std::size_t size) const noexcept {
    return hash_short(seed, text, size) & mask;
  }
  /// Of a text that has the hash `hash` within something numbered: a scope, or a state of one.
  std::uint64_t within(std::uint64_t number, std::uint64_t hash) const noexcept {
    return folded(hash ^ number, 0x082EFA98EC4E6C89U) & mask;
  }
};

}  // namespace sluice::internal
