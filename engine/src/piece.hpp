// The two mutable pieces of the index, and how they are replaced. A node holds slots and immutable
// keys; a Branch spreads something wide over 64 slots by a hash's digits.
//
//   node    [self][*][**][wide] [slot of key 0] .. [slot of key n-1] [key 0] .. [key n-1]
//           only the extras that its word names are there; keys ascend
//   Branch  [slot 0] .. [slot 63]
//
// Roles:      readers follow slots; writers change a slot by CAS, and what a slot cannot express (a
//             new key, a dropped key) by replacing the piece: freeze every slot, build the successor,
//             CAS the slot that holds the piece (trail.hpp).
// Invariants: I4 a slot that is frozen never changes again.
//             I5 the keys of a published node never change.
//             I6 a piece that is reachable is complete.
// Progress:   find_key: wait-free, bounded by the keys of one node (kMaxKeys). freeze: wait-free.
// Frees:      the winner of the CAS retires the old piece.
#pragma once

#include <emmintrin.h>

#include <array>
#include <bit>
#include <cstdint>

#include "operation.hpp"
#include "word.hpp"

namespace sluice::internal {

using Symbol = std::uint32_t;  // a segment's number, see symbols.hpp

inline constexpr unsigned kMaxKeys = 256;  // of a node; more of them go to a Branch
inline constexpr unsigned kFanout = 64;
inline constexpr unsigned kDigitBits = 6;

struct Branch {
  std::array<Slot, kFanout> slots;
};

/// The digit of `hash` that chooses a Branch's slot at `level` (0 is the topmost).
constexpr unsigned digit_of(std::uint32_t hash, unsigned level) noexcept {
  return (hash >> (32U - kDigitBits * (level + 1))) & (kFanout - 1);
}
inline constexpr unsigned kLevels = 32 / kDigitBits;  // full digits of a 32-bit hash

constexpr std::size_t node_bytes(unsigned extras, unsigned keys) noexcept {
  return (extra_count(extras) + keys) * sizeof(Slot) + keys * sizeof(Symbol);
}
inline Slot* node_slots(Word node) noexcept { return piece_of<Slot>(node); }
inline const Symbol* node_keys(Word node) noexcept {
  return reinterpret_cast<const Symbol*>(node_slots(node) + extra_count(extras_of(node)) +
                                         keys_of(node));
}
/// The slot of an extra. Precondition: the node has it.
inline Slot* extra_slot(Word node, unsigned extra) noexcept {
  return node_slots(node) + extra_count(extras_of(node) & (extra - 1));
}

/// What a reader finds in a slot. A frozen slot still means what it meant.
inline Word follow_slot(const Slot& slot) noexcept {
  // sync[S1] acquire -> S2, S3: what the word leads to is complete.
  return thawed(slot.load(std::memory_order_acquire));
}

/// Where a key is to be expected among `keys` of them: symbols are hashes, so they spread evenly.
/// `level`: Branches above the node, whose digits all its keys share.
constexpr unsigned expected_place(Symbol symbol, unsigned keys, unsigned level) noexcept {
  return static_cast<unsigned>((std::uint64_t{symbol << (kDigitBits * level)} * keys) >> 32U);
}

/// The slot of a literal child, or null. Complexity: O(sqrt(keys)) expected, by interpolation;
/// O(keys) where hashes collide.
inline Slot* find_key(Word node, Symbol symbol, unsigned level = 0) noexcept {
  const unsigned keys = keys_of(node);
  const Symbol* const key = node_keys(node);
  Slot* const slots = node_slots(node) + extra_count(extras_of(node));
  const __m128i wanted = _mm_set1_epi32(static_cast<int>(symbol));
  const auto equal_at = [&](unsigned at) {
    const __m128i four = _mm_loadu_si128(reinterpret_cast<const __m128i*>(key + at));
    return static_cast<unsigned>(_mm_movemask_ps(_mm_castsi128_ps(_mm_cmpeq_epi32(four, wanted))));
  };
  const auto slot_at = [&](unsigned at, unsigned equal) {
    return slots + at + static_cast<unsigned>(std::countr_zero(equal));
  };
  if (keys < 4) {
    for (unsigned i = 0; i < keys; ++i) {
      if (key[i] == symbol) return slots + i;
    }
    return nullptr;
  }
  if (keys <= 8) {
    if (const unsigned equal = equal_at(0); equal != 0) return slot_at(0, equal);
    if (const unsigned equal = equal_at(keys - 4); equal != 0) return slot_at(keys - 4, equal);
    return nullptr;
  }
  unsigned at = expected_place(symbol, keys, level);
  at = at < 2 ? 0 : at - 2;
  if (at > keys - 4) at = keys - 4;
  for (;;) {
    if (const unsigned equal = equal_at(at); equal != 0) return slot_at(at, equal);
    if (symbol < key[at]) {
      if (at == 0 || key[at - 1] < symbol) return nullptr;
      at = at < 4 ? 0 : at - 4;
    } else if (symbol > key[at + 3]) {
      if (at + 4 == keys || key[at + 4] > symbol) return nullptr;
      at = at + 8 > keys ? keys - 4 : at + 4;
    } else {
      return nullptr;
    }
  }
}

/// Asks for a cache line.
inline void prefetch_line(const void* address) noexcept { __builtin_prefetch(address); }

/// Asks for every line of a small piece.
inline void prefetch_lines(const void* piece, std::size_t bytes) noexcept {
  const auto first = reinterpret_cast<std::uintptr_t>(piece) & ~std::uintptr_t{63};
  const auto last = reinterpret_cast<std::uintptr_t>(piece) + bytes;
  for (std::uintptr_t line = first; line < last; line += 64) {
    prefetch_line(reinterpret_cast<const void*>(line));
  }
}

/// Asks for both ends of a piece: for all of it, if it is no longer than a line or two. An address
/// that is nobody's, null among them, does no harm.
inline void prefetch_ends(const void* piece, std::size_t bytes) noexcept {
  const auto first = reinterpret_cast<std::uintptr_t>(piece);
  prefetch_line(piece);
  prefetch_line(reinterpret_cast<const void*>(first + bytes - 1));
}

/// Asks for the lines that a visit of the node needs, if it looks for `symbol`.
inline void prefetch_node(Word node, Symbol symbol) noexcept {
  const unsigned keys = keys_of(node);
  const Slot* const slots = node_slots(node);
  if (keys <= 8) return prefetch_lines(slots, node_bytes(extras_of(node), keys));
  const unsigned place = expected_place(symbol, keys, 0);
  prefetch_line(slots);
  prefetch_line(slots + extra_count(extras_of(node)) + place);
  prefetch_line(node_keys(node) + (place < 2 ? 0 : place - 2));
  prefetch_line(node_keys(node) + (place + 6 < keys ? place + 6 : keys - 1));
}

/// What a node is to hold. Words of children and subscribers, none of them frozen.
struct NodeContent {
  std::array<Word, 4> extras{};  // self, *, **, wide; 0: none
  std::array<Symbol, kMaxKeys + 1> keys;
  std::array<Word, kMaxKeys + 1> words;
  unsigned size = 0;

  /// Keeps the keys in order. Complexity: O(keys above `key`).
  void add(Symbol key, Word word) noexcept {
    unsigned at = size++;
    for (; at > 0 && keys[at - 1] > key; --at) {
      keys[at] = keys[at - 1];
      words[at] = words[at - 1];
    }
    keys[at] = key;
    words[at] = word;
  }
};

/// The content of a frozen node, without its empty slots; `changed`, one of them or null, holds
/// `fresh` instead.
NodeContent content_of(Word node, const Slot* changed = nullptr, Word fresh = 0) noexcept;

/// A new node, or, where one is not needed, the word that stands for the content: empty, or the
/// subscribers alone. Precondition: at most kMaxKeys keys. Errors: std::bad_alloc.
Word make_node(Operation& operation, const NodeContent& content);

/// What a frozen piece becomes when `changed` (null: none) holds `fresh`, without empty slots.
struct Successor {
  Word word;
  bool is_new;  // a piece of its own, which must be retired if it is not published
};
Successor successor_of(Operation& operation, Word piece, const Slot* changed, Word fresh);

/// A new Branch with all slots empty.
Branch* make_branch(Operation& operation);

/// Freezes every slot of a node or a Branch.
void freeze(Word piece) noexcept;

/// Whether a Branch has no content; after freeze() the answer is final.
bool is_vacant(const Branch& branch) noexcept;

/// Of a node or a Branch.
inline std::size_t bytes_of(Word piece) noexcept {
  return kind_of(piece) == Kind::node ? node_bytes(extras_of(piece), keys_of(piece))
                                      : sizeof(Branch);
}

}  // namespace sluice::internal
