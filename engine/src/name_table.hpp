// Patterns without wildcards: a name is found as a whole, by one hash of it, and not segment by
// segment. Subscribers of wildcards are in the scopes' tries (trie.hpp).
//
//   cells[hash's top 12 bits] -> bucket | Branch -> bucket | Branch ...
//   bucket: immutable   [8 or 16 bytes of hashes][other 16 bits of hash | NameEntry] ...
//   NameEntry: [subscribers][scope][size][text]     at one address for as long as it has subscribers,
//                                                   so that a webhook's version can point at it
//
// Roles:      any thread inside a Guard finds; writers admit and step; who takes the last subscriber
//             away buries the entry.
// Invariants: I12 at most one entry of a scope and text is in the table, and at most one alive: who
//             adds another drops the dead one in the same swap.
//             I13 an entry that is dead (its slot frozen and empty) stays so, and is retired by
//             whoever drops it from its bucket; it is alive as long as a version is admitted to it.
// Progress:   find: wait-free. admit, step: lock-free.
// Frees:      entries and buckets are retired by the winner of the swap that drops them.
#pragma once

#include <emmintrin.h>

#include <string_view>

#include "hash.hpp"
#include "subscriber_slot.hpp"

namespace sluice::internal {

struct NameEntry {
  Slot subscribers;     // writers change it, readers follow it
  std::uint32_t scope;  // the number of its scope
  std::uint32_t size;   // of the text, which lies behind

  std::string_view text() const noexcept { return {reinterpret_cast<const char*>(this + 1), size}; }
};

/// A name, and where it is looked for. `hash` is Hashing::within(scope, hash of text).
struct NameKey {
  std::uint64_t hash;
  std::uint32_t scope;
  std::string_view text;
};

class NameTable {
 public:
  explicit NameTable(const Hashing& hashing) noexcept : hashing_(hashing) {}
  NameTable(const NameTable&) = delete;
  NameTable& operator=(const NameTable&) = delete;

  NameKey key_of(std::uint32_t scope, std::string_view text) const noexcept {
    return {hashing_.within(scope, hashing_(text.data(), text.size())), scope, text};
  }

  /// The entry of a name, dead or alive, or null. Inside a Guard.
  const NameEntry* find(const NameKey& key) const noexcept {
    return find_in(bucket_of(key.hash), key);
  }

  // find() step by step, so that the cache misses of many names overlap.
  void prefetch_part(std::uint64_t hash) const noexcept;
  Word bucket_of(std::uint64_t hash) const noexcept;
  static void prefetch_bucket(Word bucket) noexcept {
    prefetch_ends(piece_of<void>(bucket), bucket_bytes(count_of(bucket)));
  }
  /// What is most likely the entry, or null: nobody else has the same 24 bits of hash.
  static NameEntry* candidate_in(Word bucket, std::uint64_t hash) noexcept;
  static void prefetch_entry(const NameEntry* entry) noexcept {
    prefetch_ends(entry, sizeof(NameEntry) + 32);
  }
  static bool is_entry_of(const NameEntry& entry, const NameKey& key) noexcept {
    return entry.scope == key.scope && entry.size == key.text.size() &&
           is_same_text(entry.text().data(), key.text.data(), key.text.size());
  }
  /// The entry itself. Complexity: O(names whose hashes share their leading bits).
  static NameEntry* find_in(Word bucket, const NameKey& key) noexcept;

  /// Admits `webhook` at a name, whose entry is made if need be. Lifetime: until the webhook has been
  /// removed from it. Errors: std::bad_alloc; std::length_error when 4,095 names share 30 bits of
  /// hash; then nothing has changed.
  NameEntry* admit(Operation& operation, const NameKey& key, const Webhook& webhook);

  /// Takes a webhook that was admitted at `entry` one step further. After remove the entry may be
  /// gone. Errors: std::bad_alloc, and then nothing has changed.
  void step(Operation& operation, NameEntry& entry, Step step, const Webhook& webhook);

  /// Releases everything, without a grace period: for the owner's end.
  void clear(Pool& pool) noexcept;

 private:
  using Tagged = std::uint64_t;
  static constexpr unsigned kCellBits = 12;
  static constexpr unsigned kBelowCell = 64 - kCellBits;
  static constexpr unsigned kMaxLevel = 3;
  static constexpr std::size_t kMaxBucket = 16;  // entries; beyond, they spread over a Branch,
                                                 // but at the last level
  static constexpr std::size_t kMaxCount = 4095;
  static constexpr Word kDead = kFrozen;  // of NameEntry::subscribers

  // The 32-bit hash whose digits the Branches below a cell take.
  static constexpr std::uint32_t below_cell(std::uint64_t hash) noexcept {
    return static_cast<std::uint32_t>(hash >> (kBelowCell - 32U));
  }
  // The low 24 bits of a hash tell a bucket's entries apart: 8 in its head, 16 with the address.
  static constexpr std::uint8_t mark_of(std::uint64_t hash) noexcept {
    return static_cast<std::uint8_t>(hash);
  }
  static constexpr Tagged tag_of(std::uint64_t hash) noexcept { return (hash >> 8U) << 48U; }
  static Tagged tagged(std::uint64_t hash, const NameEntry* entry) noexcept {
    return tag_of(hash) | reinterpret_cast<std::uintptr_t>(entry);
  }
  static NameEntry* entry_of(Tagged tagged) noexcept { return piece_of<NameEntry>(tagged); }
  static constexpr std::size_t head_bytes(std::size_t count) noexcept {
    return (count + 7) & ~std::size_t{7};
  }
  static constexpr std::size_t bucket_bytes(std::size_t count) noexcept {
    return head_bytes(count) + count * sizeof(Tagged);
  }
  static std::span<const Tagged> entries_of(Word bucket) noexcept {
    const std::size_t count = count_of(bucket);
    return {reinterpret_cast<const Tagged*>(piece_of<char>(bucket) + head_bytes(count)), count};
  }
  static std::size_t bytes_of_entry(const NameEntry& entry) noexcept {
    return sizeof(NameEntry) + entry.size;
  }
  static bool is_dead(const NameEntry& entry) noexcept;

  std::uint64_t hash_of(const NameEntry& entry) const noexcept {
    return key_of(entry.scope, entry.text()).hash;
  }
  Slot* descend(std::uint64_t hash, Trail& trail) noexcept;
  static NameEntry* make_entry(Operation& operation, const NameKey& key, Word subscribers);
  // A bucket's entries without `without`, and with `with`, of `hash`; either may be null.
  Word changed(Operation& operation, Word bucket, const NameEntry* without, const NameEntry* with,
               std::uint64_t hash, unsigned level) const;
  // A bucket or, of too many entries, a Branch of them, with `level` Branches above it.
  Word made_of(Operation& operation, std::span<const NameEntry* const> entries,
               unsigned level) const;
  static void retire_buckets(Operation& operation, Word word) noexcept;
  static void retire_entry(Operation& operation, NameEntry& entry) noexcept;
  bool bury(Operation& operation, NameEntry& entry, Trail& trail) noexcept;
  void drop(Operation& operation, NameEntry& entry);
  static void clear_below(Pool& pool, Word word) noexcept;

  const Hashing& hashing_;
  std::array<Slot, std::size_t{1} << kCellBits> cells_{};
};

inline Word NameTable::bucket_of(std::uint64_t hash) const noexcept {
  Word word = follow_slot(cells_[hash >> kBelowCell]);
  for (unsigned level = 0; kind_of(word) == Kind::branch; ++level) {
    word = follow_slot(piece_of<Branch>(word)->slots[digit_of(below_cell(hash), level)]);
  }
  return word;
}

inline void NameTable::prefetch_part(std::uint64_t hash) const noexcept {
  const Word word = follow_slot(cells_[hash >> kBelowCell]);
  if (kind_of(word) != Kind::branch) return prefetch_bucket(word);
  prefetch_line(&piece_of<Branch>(word)->slots[digit_of(below_cell(hash), 0)]);
}

inline NameEntry* NameTable::candidate_in(Word bucket, std::uint64_t hash) noexcept {
  const std::span<const Tagged> entries = entries_of(bucket);
  const auto* const head = piece_of<__m128i>(bucket);
  if (entries.empty()) return nullptr;
  const __m128i marks = entries.size() <= 8 ? _mm_loadl_epi64(head) : _mm_loadu_si128(head);
  const __m128i mark = _mm_set1_epi8(static_cast<char>(mark_of(hash)));
  auto equal = static_cast<unsigned>(_mm_movemask_epi8(_mm_cmpeq_epi8(marks, mark)));
  const auto is_tagged = [&](Tagged tagged) { return (tagged ^ tag_of(hash)) >> 48U == 0; };
  if (entries.size() < kMaxBucket) equal &= (1U << entries.size()) - 1;
  for (; equal != 0; equal &= equal - 1) {
    const Tagged tagged = entries[static_cast<unsigned>(std::countr_zero(equal))];
    if (is_tagged(tagged)) return entry_of(tagged);
  }
  for (std::size_t i = kMaxBucket; i < entries.size(); ++i) {
    if (is_tagged(entries[i])) return entry_of(entries[i]);
  }
  return nullptr;
}

inline NameEntry* NameTable::find_in(Word bucket, const NameKey& key) noexcept {
  for (const Tagged tagged : entries_of(bucket)) {
    if ((tagged ^ tag_of(key.hash)) >> 48U != 0) continue;
    if (NameEntry* const entry = entry_of(tagged); is_entry_of(*entry, key)) return entry;
  }
  return nullptr;
}

}  // namespace sluice::internal
