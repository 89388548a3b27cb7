// Texts interned to entries: the segments' symbols and the scopes. Readers find without locks; an
// entry that nobody refers to any more is forgotten, so that churn does not leak.
//
//   cells[hash's top 12 bits] -> bucket | Branch -> bucket | Branch -> bucket
//   bucket: immutable array of Pairs, the youngest first. A text of up to 16 bytes lies in its
//   Pair, so that a reader needs two lines to turn a segment into its number: the cell's and the
//   bucket's.
//
// Roles:      any thread inside a Guard finds; writers intern and release; the Reclaimer's thread
//             hides and forgets.
// Invariants: I7 two entries in the table never have the same number, dead ones included: a number is
//             the hash's top 24 bits and one of 252 that no neighbour in the bucket has.
//             I8 a dead entry stays in its bucket, hidden, for one grace period, and only then gives
//             its number back: no reader that resolved a text can meet the number's next owner.
// Progress:   find, release: wait-free. intern, hide, forget: lock-free.
// Frees:      an entry is retired by forget() after it has left its bucket.
#pragma once

#include <algorithm>
#include <array>
#include <new>
#include <span>
#include <stdexcept>
#include <string_view>

#include "hash.hpp"
#include "trail.hpp"

namespace sluice::internal {

/// What every entry begins with. The text lies behind the Entry.
struct TextEntry {
  std::atomic<std::uint32_t>* references;  // apart: writers change it all the time
  std::uint64_t hash;
  std::uint32_t number;
  std::uint32_t size;
};

template <class Entry>
class TextTable {
 public:
  TextTable() = default;
  TextTable(const TextTable&) = delete;
  TextTable& operator=(const TextTable&) = delete;

  /// Tears down what is left, calling `visit(Entry&)`, without a grace period: for the owner's end.
  template <class Visit>
  void clear(Memory& memory, Visit&& visit);

  /// The entry of a text, or null. Inside a Guard.
  Entry* find(std::uint64_t hash, const char* text, std::size_t size) const noexcept {
    return find_in(bucket_of(hash), hash, text, size);
  }

  // find() step by step, so that the cache misses of many texts overlap.
  Word bucket_of(std::uint64_t hash) const noexcept { return bucket_below(neighbourhood(hash)); }
  static void prefetch_bucket(Word bucket) noexcept {
    prefetch_lines(piece_of<void>(bucket), pairs_of(bucket).size_bytes());
  }
  static Entry* find_in(Word bucket, std::uint64_t hash, const char* text,
                        std::size_t size) noexcept {
    const Pair* const pair = find_pair(pairs_of(bucket), hash, text, size);
    return pair != nullptr ? pair->entry : nullptr;
  }

  /// The number of a text, or `unknown`; otherwise as find().
  std::uint32_t find_number(std::uint64_t hash, const char* text, std::size_t size,
                            std::uint32_t unknown) const noexcept;
  /// The same for a text of 1 to 16 bytes.
  std::uint32_t find_short(std::uint64_t hash, ShortText text, std::size_t size,
                           std::uint32_t unknown) const noexcept {
    for (const Pair& pair : pairs_of(bucket_of(hash))) {
      if (((pair.head ^ text.head) | (pair.tail ^ text.tail) | (pair.size ^ size)) == 0) {
        return pair.number;
      }
    }
    return unknown;
  }

  /// The same with one reference taken, made if need be.
  /// Errors: std::bad_alloc; std::length_error when 252 texts share 24 bits of hash.
  Entry* intern(Operation& operation, std::uint64_t hash, const char* text, std::size_t size);

  /// The live entry that has this number. Precondition: the caller holds a reference to it.
  Entry* at_number(std::uint32_t number) const noexcept;

  /// Gives one reference back. With the last one the entry dies, and hide() is due after a grace
  /// period: `hide` says so to the Reclaimer. Precondition: one reserve()d item.
  void release(Operation& operation, Entry* entry, Reclaimer::Duty hide) noexcept;

  /// Makes a dead entry invisible; forget() is then due. May be repeated when it failed.
  /// Errors: std::bad_alloc.
  void hide(Operation& operation, Entry* entry, Reclaimer::Duty forget);

  /// Frees a dead, hidden entry and its number. May be repeated when it failed.
  /// Errors: std::bad_alloc.
  void forget(Operation& operation, Entry* entry);

 private:
  struct Pair {
    std::uint64_t head;  // of a text of up to 16 bytes: all of it; of a longer one: its hash, and 0
    std::uint64_t tail;
    std::uint32_t size;  // kNoSize: dead
    std::uint32_t number;
    Entry* entry;
  };
  static constexpr std::uint32_t kNoSize = ~std::uint32_t{0};
  static constexpr unsigned kCellBits = 12;
  static constexpr unsigned kNumberBits = 8;  // of a number, that neighbours differ in
  static constexpr unsigned kReservedNumbers =
      4;  // the lowest: symbols with a meaning of their own
  static constexpr unsigned kMaxLevel = 2;
  static constexpr std::uint32_t kDead = ~std::uint32_t{0};
  static constexpr std::size_t kMaxPairs = 8;
  static constexpr std::size_t kCounterBytes = 8;

  static constexpr std::uint32_t neighbourhood(std::uint64_t hash) noexcept {
    return static_cast<std::uint32_t>(hash >> 40U);
  }
  // The 32-bit hash whose digits the Branches below a cell take: its 12 leading bits are the
  // level's.
  static constexpr std::uint32_t below_cell(std::uint32_t neighbours) noexcept {
    return neighbours << (32U - 24U + kCellBits);
  }
  static std::span<const Pair> pairs_of(Word bucket) noexcept {
    return {piece_of<Pair>(bucket), count_of(bucket)};
  }
  static ShortText key_of(std::uint64_t hash, const char* text, std::size_t size) noexcept {
    return size <= kShortBytes ? short_text(text, size) : ShortText{hash, 0};
  }
  static const Pair* find_pair(std::span<const Pair> pairs, std::uint64_t hash, const char* text,
                               std::size_t size) noexcept;
  static std::size_t entry_bytes(std::size_t size) noexcept { return sizeof(Entry) + size; }

  Word bucket_below(std::uint32_t neighbours) const noexcept;
  Slot* descend(std::uint32_t neighbours, Trail& trail) noexcept;
  static bool refer(const Entry& entry) noexcept;
  static void retire_entry(Operation& operation, Entry& entry) noexcept;
  Entry* make_entry(Operation& operation, std::uint64_t hash, const char* text, std::size_t size);
  static Word make_bucket(Operation& operation, std::span<const Pair> pairs);
  static Word made_wide(Operation& operation, std::span<const Pair> pairs, unsigned level);
  static void retire_bucket(Operation& operation, Word bucket) noexcept;
  static std::uint32_t free_number(std::span<const Pair> pairs, std::uint32_t neighbours);
  template <class Change>
  void change_bucket(Operation& operation, const Entry& entry, Change&& change);
  template <class Visit>
  static void clear_below(Memory& memory, Word word, Visit& visit);

  std::array<Slot, std::size_t{1} << kCellBits> cells_{};
};

}  // namespace sluice::internal

#include "text_table.ipp"
