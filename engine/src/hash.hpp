// The hash of segments, names and scopes: folded multiplication, 8 bytes a step.
// Source: the wyhash family (Wang Yi, 2019) for the folding; constants are digits of pi.
#pragma once

#include <cstdint>
#include <cstring>

namespace sluice::internal {

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

/// Never 0. Complexity: O(bytes), 2 multiplications for up to 8 bytes.
inline std::uint64_t hash_text(std::uint64_t seed, const char* text, std::size_t size) noexcept {
  std::uint64_t hash = seed ^ 0x243F6A8885A308D3U;
  for (std::size_t at = 0; at < size; at += 8) {
    hash = folded(hash ^ chunk_at(text + at, size - at), 0x13198A2E03707345U);
  }
  return folded(hash ^ size, 0xA4093822299F31D1U) | 1U;
}

/// Whether `text` equals `padded`, which is zero-padded to a multiple of 8.
inline bool is_same_text(const char* text, const char* padded, std::size_t size) noexcept {
  for (std::size_t at = 0; at < size; at += 8) {
    std::uint64_t chunk;
    std::memcpy(&chunk, padded + at, sizeof(chunk));
    if (chunk_at(text + at, size - at) != chunk) return false;
  }
  return true;
}

}  // namespace sluice::internal
