// The hash of segments, names and scopes: folded multiplication, 8 bytes a step.
// Source: the wyhash family (Wang Yi, 2019) for the folding; constants are digits of pi.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace sluice::internal {

static_assert(std::endian::native == std::endian::little,
              "short texts are cut by masks of low bytes");

/// Bytes that must be readable behind a text that is hashed or compared here.
inline constexpr std::size_t kTextPadding = 8;

__extension__ using Wide = unsigned __int128;

inline std::uint64_t folded(std::uint64_t a, std::uint64_t b) noexcept {
  const auto product = static_cast<Wide>(a) * b;
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64U);
}

/// The next up to 8 of `left` > 0 bytes, zero-padded.
inline std::uint64_t chunk_at(const char* text, std::size_t left) noexcept {
  std::uint64_t chunk;
  std::memcpy(&chunk, text, sizeof(chunk));
  return left >= 8 ? chunk : chunk & ((std::uint64_t{1} << (8 * left)) - 1);
}

/// The first and the second 8 bytes of a text of 1 to 16, zero-padded.
struct ShortText {
  std::uint64_t head;
  std::uint64_t tail;
};
inline ShortText short_text(const char* text, std::size_t size) noexcept {
  if (size <= 8) return {chunk_at(text, size), 0};
  return {chunk_at(text, 8), chunk_at(text + 8, size - 8)};
}
inline constexpr std::size_t kShortBytes = 16;

inline constexpr std::uint64_t kHeadDigits = 0x243F6A8885A308D3U;
inline constexpr std::uint64_t kTailDigits = 0x13198A2E03707345U;

/// hash_text() of a text of 1 to 16 bytes.
inline std::uint64_t hash_short(std::uint64_t seed, ShortText text, std::size_t size) noexcept {
  return folded(text.head ^ seed ^ kHeadDigits, text.tail ^ kTailDigits ^ (size << 56U)) | 1U;
}

/// Never 0. Complexity: O(bytes); one multiplication for 1 to 16 bytes.
inline std::uint64_t hash_text(std::uint64_t seed, const char* text, std::size_t size) noexcept {
  if (size - 1 < kShortBytes) return hash_short(seed, short_text(text, size), size);
  std::uint64_t hash = seed ^ kHeadDigits;
  for (std::size_t at = 0; at < size; at += 8) {
    hash = folded(hash ^ chunk_at(text + at, size - at), kTailDigits);
  }
  return folded(hash ^ size, 0xA4093822299F31D1U) | 1U;
}

/// `bytes` of a text, rounded up to what is_same_text() reads of its padded copy.
constexpr std::size_t padded_bytes(std::size_t bytes) noexcept {
  return bytes <= kShortBytes ? kShortBytes : (bytes + 7) & ~std::size_t{7};
}

/// Whether `text` equals `padded`, which is zero-padded to padded_bytes(size).
inline bool is_same_text(const char* text, const char* padded, std::size_t size) noexcept {
  if (size - 1 < kShortBytes) {
    const ShortText chunks = short_text(text, size);
    ShortText other;
    std::memcpy(&other, padded, sizeof(other));
    return ((chunks.head ^ other.head) | (chunks.tail ^ other.tail)) == 0;
  }
  for (std::size_t at = 0; at < size; at += 8) {
    std::uint64_t chunk;
    std::memcpy(&chunk, padded + at, sizeof(chunk));
    if (chunk_at(text + at, size - at) != chunk) return false;
  }
  return true;
}

}  // namespace sluice::internal
