#include "journal/crc32c.hpp"

#include <array>
#include <bit>
#include <cstring>

#if defined(__x86_64__)
#include <nmmintrin.h>
#endif

namespace sluice::journal {
namespace {

static_assert(std::endian::native == std::endian::little, "the journal's files are little-endian");

constexpr std::uint32_t kPolynomial = 0x82F63B78;  // bits reflected

using Table = std::array<std::uint32_t, 256>;

/// Table k advances a byte over k zero bytes more than table 0 does.
constexpr std::array<Table, 8> make_tables() {
  std::array<Table, 8> tables{};
  for (std::uint32_t byte = 0; byte < 256; ++byte) {
    std::uint32_t crc = byte;
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1U) ^ ((crc & 1U) != 0 ? kPolynomial : 0);
    tables[0][byte] = crc;
  }
  for (std::size_t k = 1; k < 8; ++k) {
    for (std::size_t byte = 0; byte < 256; ++byte) {
      const std::uint32_t before = tables[k - 1][byte];
      tables[k][byte] = (before >> 8U) ^ tables[0][before & 0xFFU];
    }
  }
  return tables;
}

constexpr std::array<Table, 8> kTables = make_tables();

std::uint64_t word_at(const std::byte* at) noexcept {
  std::uint64_t word = 0;
  std::memcpy(&word, at, sizeof word);
  return word;
}

#if defined(__x86_64__)

constexpr std::size_t kLane = 1024;  // bytes of each of three streams

/// What a checksum becomes when kLane zero bytes follow: it is linear in the checksum's bits, so four
/// look-ups, one a byte, do it.
constexpr std::array<Table, 4> make_shift() {
  std::array<std::uint32_t, 32> columns{};  // of the matrix that appends kLane zero bytes
  for (std::size_t bit = 0; bit < 32; ++bit) {
    std::uint32_t crc = std::uint32_t{1} << bit;
    for (std::size_t i = 0; i < kLane; ++i) crc = (crc >> 8U) ^ kTables[0][crc & 0xFFU];
    columns[bit] = crc;
  }
  std::array<Table, 4> shift{};
  for (std::size_t part = 0; part < 4; ++part) {
    for (std::size_t byte = 1; byte < 256; ++byte) {
      const auto low = static_cast<std::size_t>(std::countr_zero(byte));
      shift[part][byte] = shift[part][byte & (byte - 1)] ^ columns[8 * part + low];
    }
  }
  return shift;
}

constexpr std::array<Table, 4> kShift = make_shift();

std::uint64_t shifted(std::uint64_t crc) noexcept {
  return kShift[0][crc & 0xFFU] ^ kShift[1][(crc >> 8U) & 0xFFU] ^ kShift[2][(crc >> 16U) & 0xFFU] ^
         kShift[3][(crc >> 24U) & 0xFFU];
}

// The instruction takes a word a cycle and answers three cycles later: three streams fill the gap.
__attribute__((target("sse4.2"))) std::uint32_t by_instruction(
    std::uint32_t crc, std::span<const std::byte> bytes) noexcept {
  const std::byte* at = bytes.data();
  std::size_t left = bytes.size();
  std::uint64_t first = ~crc;
  while (left >= 3 * kLane) {
    std::uint64_t second = 0;
    std::uint64_t third = 0;
    for (std::size_t i = 0; i < kLane; i += 8) {
      first = _mm_crc32_u64(first, word_at(at + i));
      second = _mm_crc32_u64(second, word_at(at + kLane + i));
      third = _mm_crc32_u64(third, word_at(at + 2 * kLane + i));
    }
    first = shifted(shifted(first) ^ second) ^ third;
    at += 3 * kLane;
    left -= 3 * kLane;
  }
  for (; left >= 8; at += 8, left -= 8) first = _mm_crc32_u64(first, word_at(at));
  auto narrow = static_cast<std::uint32_t>(first);
  for (; left > 0; ++at, --left) narrow = _mm_crc32_u8(narrow, static_cast<unsigned char>(*at));
  return ~narrow;
}

#endif

}  // namespace

std::uint32_t crc32c_by_table(std::uint32_t crc, std::span<const std::byte> bytes) noexcept {
  const std::byte* at = bytes.data();
  std::size_t left = bytes.size();
  crc = ~crc;
  for (; left >= 8; at += 8, left -= 8) {
    const std::uint64_t word = word_at(at) ^ crc;
    crc = 0;
    for (unsigned k = 0; k < 8; ++k) crc ^= kTables[7 - k][(word >> (8 * k)) & 0xFFU];
  }
  for (; left > 0; ++at, --left)
    crc = (crc >> 8U) ^ kTables[0][(crc ^ static_cast<std::uint32_t>(*at)) & 0xFFU];
  return ~crc;
}

std::uint32_t crc32c(std::uint32_t crc, std::span<const std::byte> bytes) noexcept {
#if defined(__x86_64__)
  static const bool has_instruction = __builtin_cpu_supports("sse4.2") != 0;
  if (has_instruction) return by_instruction(crc, bytes);
#endif
  return crc32c_by_table(crc, bytes);
}

}  // namespace sluice::journal
