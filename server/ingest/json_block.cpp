#include "ingest/json_block.hpp"

#include <initializer_list>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace sluice::ingest {
namespace {

/// Bit i of the result is the parity of the bits 0 to i.
std::uint64_t prefix_xor(std::uint64_t bits) noexcept {
  for (unsigned shift = 1; shift < 64; shift *= 2) bits ^= bits << shift;
  return bits;
}

}  // namespace

#if defined(__SSE2__)

JsonBlock JsonBlock::read(const char* text) noexcept {
  JsonBlock block;
  for (unsigned part = 0; part < 64; part += 16) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(text + part));
    // Setting 0x20 maps [ ] to { }.
    const __m128i folded = _mm_or_si128(bytes, _mm_set1_epi8(0x20));
    const auto bits = [part](__m128i is) {
      return static_cast<std::uint64_t>(static_cast<std::uint32_t>(_mm_movemask_epi8(is))) << part;
    };
    const auto equal = [&bits](__m128i vector, char c) {
      return bits(_mm_cmpeq_epi8(vector, _mm_set1_epi8(c)));
    };
    block.quotes |= equal(bytes, '"');
    block.backslashes |= equal(bytes, '\\');
    block.newlines |= equal(bytes, '\n');
    block.opens |= equal(folded, '{');
    block.closes |= equal(folded, '}');
    block.commas |= equal(bytes, ',');
    block.blanks |= equal(bytes, ' ') | equal(bytes, '\t') | equal(bytes, '\r');
  }
  block.blanks |= block.newlines;
  return block;
}

#else

JsonBlock JsonBlock::read(const char* text) noexcept {
  JsonBlock block;
  for (unsigned i = 0; i < 64; ++i) {
    const std::uint64_t bit = std::uint64_t{1} << i;
    switch (text[i]) {
      case '"': block.quotes |= bit; break;
      case '\\': block.backslashes |= bit; break;
      case '{':
      case '[': block.opens |= bit; break;
      case '}':
      case ']': block.closes |= bit; break;
      case ',': block.commas |= bit; break;
      case '\n': block.newlines |= bit; [[fallthrough]];
      case ' ':
      case '\t':
      case '\r': block.blanks |= bit; break;
      default: break;
    }
  }
  return block;
}

#endif

void JsonBlock::cut(unsigned size) noexcept {
  const std::uint64_t kept = (std::uint64_t{1} << size) - 1;
  for (std::uint64_t* bits : {&quotes, &backslashes, &newlines, &opens, &closes, &commas, &blanks})
    *bits &= kept;
}

std::uint64_t StringTracker::inside(const JsonBlock& block, unsigned size) noexcept {
  const std::uint64_t escapes = escaped(block.backslashes);
  if (size < 64) pending_ = escapes >> size & 1U;
  const std::uint64_t inside = prefix_xor(block.quotes & ~escapes) ^ inside_;
  inside_ = static_cast<std::uint64_t>(static_cast<std::int64_t>(inside) >> 63U);
  return inside | escapes;
}

/// The bytes that an odd run of backslashes ends before. Source: Langdale and Lemire, "Parsing
/// Gigabytes of JSON per Second", section 3.1.1.
std::uint64_t StringTracker::escaped(std::uint64_t backslashes) noexcept {
  if (backslashes == 0) {
    const std::uint64_t first = pending_;
    pending_ = 0;
    return first;
  }
  constexpr std::uint64_t kEven = 0x5555'5555'5555'5555U;
  backslashes &= ~pending_;
  const std::uint64_t follows = backslashes << 1U | pending_;
  const std::uint64_t odd_starts = backslashes & ~kEven & ~follows;
  unsigned long long ends = 0;
  pending_ = static_cast<std::uint64_t>(__builtin_add_overflow(odd_starts, backslashes, &ends));
  return (kEven ^ (ends << 1U)) & follows;
}

}  // namespace sluice::ingest
