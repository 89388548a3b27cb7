// A slot of the index: one 64-bit word that says what hangs there and, for a piece of memory, its
// shape. A reader so knows how many lines to prefetch, and whether a `*` child exists, before it
// touches the piece; pieces need no header.
//
//   63      62..60  59..48                         47..3    2..0
//   frozen  kind    node: extras(4) keys' low 8    address  node: keys' high 3
//                   ids:  count(12)                address  0
//                   id:   0                        the id, in the low 32 bits
#pragma once

#include <atomic>
#include <cstdint>

namespace sluice::internal {

using Word = std::uint64_t;
using Slot = std::atomic<Word>;

enum class Kind : std::uint8_t {
  empty = 0,
  id = 1,         // one settled subscription id, in the word itself
  ids = 2,        // an immutable array of settled ids
  mixed = 3,      // an immutable SubscriberSet that also holds shared or unsettled entries
  id_branch = 4,  // a Branch whose slots hold parts of a large subscriber set
  node = 5,       // a trie node, or a part of a wide one
  branch = 6,     // a Branch whose slots hold parts of something wide
  leaf = 7,       // a directory's or a text table's own leaf
};

// Slots that a node has besides those of its literal children; they come first, in this order.
inline constexpr unsigned kSelf = 1;      // subscribers of the node itself
inline constexpr unsigned kStar = 2;      // the `*` child
inline constexpr unsigned kGlobstar = 4;  // the `**` child
inline constexpr unsigned kWide = 8;      // a Branch of the literal children, once they are many

inline constexpr Word kFrozen = Word{1} << 63U;
inline constexpr Word kAddress = ((Word{1} << 48U) - 1) & ~Word{7};

constexpr Kind kind_of(Word word) noexcept { return static_cast<Kind>((word >> 60U) & 7U); }
constexpr bool is_frozen(Word word) noexcept { return (word & kFrozen) != 0; }
constexpr Word thawed(Word word) noexcept { return word & ~kFrozen; }
constexpr bool is_subscribers(Word word) noexcept {
  const Kind kind = kind_of(word);
  return kind >= Kind::id && kind <= Kind::id_branch;
}

constexpr unsigned extras_of(Word node) noexcept { return (node >> 56U) & 0xFU; }
constexpr unsigned keys_of(Word node) noexcept {
  return static_cast<unsigned>(((node >> 48U) & 0xFFU) | ((node & 7U) << 8U));
}
constexpr unsigned count_of(Word ids) noexcept { return (ids >> 48U) & 0xFFFU; }
/// Bits of a 4-bit set, from a table in a register: the baseline processor counts bits by a call.
constexpr unsigned extra_count(unsigned extras) noexcept {
  return (0x4332'3221'3221'2110U >> (4 * extras)) & 7U;
}

template <class Piece>
Piece* piece_of(Word word) noexcept {
  return reinterpret_cast<Piece*>(static_cast<std::uintptr_t>(word & kAddress));
}

inline Word make_word(Kind kind, const void* piece, unsigned shape = 0) noexcept {
  return (Word{static_cast<std::uint8_t>(kind)} << 60U) | (Word{shape} << 48U) |
         static_cast<Word>(reinterpret_cast<std::uintptr_t>(piece));
}
inline Word make_node_word(const void* piece, unsigned extras, unsigned keys) noexcept {
  return make_word(Kind::node, piece, (extras << 8U) | (keys & 0xFFU)) | (keys >> 8U);
}
constexpr Word make_id_word(std::uint32_t id) noexcept {
  return (Word{static_cast<std::uint8_t>(Kind::id)} << 60U) | id;
}
constexpr std::uint32_t id_of(Word word) noexcept { return static_cast<std::uint32_t>(word); }

}  // namespace sluice::internal
