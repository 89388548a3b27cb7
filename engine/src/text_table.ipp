// Bodies of text_table.hpp.
#pragma once

namespace sluice::internal {

template <class Entry>
inline Word TextTable<Entry>::bucket_below(std::uint32_t neighbours) const noexcept {
  Word word = follow_slot(cells_[neighbours >> (24U - kCellBits)]);
  for (unsigned level = 0; kind_of(word) == Kind::branch; ++level) {
    word = follow_slot(piece_of<Branch>(word)->slots[digit_of(below_cell(neighbours), level)]);
  }
  return word;
}

template <class Entry>
const typename TextTable<Entry>::Pair* TextTable<Entry>::find_pair(std::span<const Pair> pairs,
                                                                   std::uint64_t hash,
                                                                   const char* text,
                                                                   std::size_t size) noexcept {
  const ShortText key = key_of(hash, text, size);
  for (const Pair& pair : pairs) {
    if (((pair.head ^ key.head) | (pair.tail ^ key.tail)) != 0 || pair.size != size) continue;
    if (size <= kShortBytes) return &pair;
    if (is_same_text(text, reinterpret_cast<const char*>(pair.entry + 1), size)) return &pair;
  }
  return nullptr;
}

template <class Entry>
std::uint32_t TextTable<Entry>::find_number(std::uint64_t hash, const char* text, std::size_t size,
                                            std::uint32_t unknown) const noexcept {
  const Pair* const pair = find_pair(pairs_of(bucket_of(hash)), hash, text, size);
  return pair != nullptr ? pair->number : unknown;
}

template <class Entry>
Entry* TextTable<Entry>::at_number(std::uint32_t number) const noexcept {
  for (const Pair& pair : pairs_of(bucket_below(number >> kNumberBits))) {
    if (pair.number == number && pair.size != kNoSize) return pair.entry;
  }
  return nullptr;
}

template <class Entry>
Slot* TextTable<Entry>::descend(std::uint32_t neighbours, Trail& trail) noexcept {
  trail.clear();
  Slot* slot = &cells_[neighbours >> (24U - kCellBits)];
  for (unsigned level = 0;; ++level) {
    const Word word = follow_slot(*slot);
    if (kind_of(word) != Kind::branch) return slot;
    trail.push(slot, word);
    slot = &piece_of<Branch>(word)->slots[digit_of(below_cell(neighbours), level)];
  }
}

template <class Entry>
Word TextTable<Entry>::make_bucket(Operation& operation, std::span<const Pair> pairs) {
  if (pairs.empty()) return 0;
  auto* const copy = static_cast<Pair*>(operation.allocate(pairs.size_bytes()));
  std::ranges::copy(pairs, copy);
  return make_word(Kind::leaf, copy, static_cast<unsigned>(pairs.size()));
}

template <class Entry>
Word TextTable<Entry>::made_wide(Operation& operation, std::span<const Pair> pairs,
                                 unsigned level) {
  if (pairs.size() <= kMaxPairs || level == kMaxLevel) return make_bucket(operation, pairs);
  Branch* const branch = make_branch(operation);
  std::array<Pair, 256> part;
  for (unsigned digit = 0; digit < kFanout; ++digit) {
    std::size_t size = 0;
    for (const Pair& pair : pairs) {
      const std::uint32_t neighbours = pair.number >> kNumberBits;
      if (digit_of(below_cell(neighbours), level) == digit) part[size++] = pair;
    }
    // relaxed: published with the Branch.
    branch->slots[digit].store(made_wide(operation, {part.data(), size}, level + 1),
                               std::memory_order_relaxed);
  }
  return make_word(Kind::branch, branch);
}

template <class Entry>
void TextTable<Entry>::retire_bucket(Operation& operation, Word bucket) noexcept {
  if (bucket == 0) return;
  if (kind_of(bucket) == Kind::branch) {
    for (const Slot& slot : piece_of<Branch>(bucket)->slots) {
      // relaxed: it was never published.
      retire_bucket(operation, slot.load(std::memory_order_relaxed));
    }
    operation.retire(piece_of<void>(bucket), sizeof(Branch));
    return;
  }
  operation.retire(piece_of<void>(bucket), pairs_of(bucket).size_bytes());
}

template <class Entry>
std::uint32_t TextTable<Entry>::free_number(std::span<const Pair> pairs, std::uint32_t neighbours) {
  std::array<bool, std::size_t{1} << kNumberBits> is_taken{};
  for (const Pair& pair : pairs) {
    if (pair.number >> kNumberBits == neighbours) is_taken[pair.number & 0xFFU] = true;
  }
  for (std::uint32_t number = kReservedNumbers; number < is_taken.size(); ++number) {
    if (!is_taken[number]) return (neighbours << kNumberBits) | number;
  }
  throw std::length_error("252 different segments or scopes share 24 bits of their hash");
}

template <class Entry>
Entry* TextTable<Entry>::make_entry(Operation& operation, std::uint64_t hash, const char* text,
                                    std::size_t size) {
  auto* const references =
      ::new (operation.allocate_record(kCounterBytes)) std::atomic<std::uint32_t>{1};
  Entry* entry = nullptr;
  try {
    entry = ::new (operation.allocate(entry_bytes(size))) Entry{};
  } catch (...) {
    operation.retire_record(references, kCounterBytes);
    throw;
  }
  entry->references = references;
  entry->hash = hash;
  entry->size = static_cast<std::uint32_t>(size);
  std::copy_n(text, size, reinterpret_cast<char*>(entry + 1));
  return entry;
}

template <class Entry>
bool TextTable<Entry>::refer(const Entry& entry) noexcept {
  // relaxed: the count orders nothing; the entry was acquired with its bucket.
  std::uint32_t count = entry.references->load(std::memory_order_relaxed);
  while (count != kDead) {
    // relaxed: as above.
    if (entry.references->compare_exchange_weak(count, count + 1, std::memory_order_relaxed,
                                                std::memory_order_relaxed)) {
      return true;
    }
  }
  return false;
}

template <class Entry>
Entry* TextTable<Entry>::intern(Operation& operation, std::uint64_t hash, const char* text,
                                std::size_t size) {
  const std::uint32_t neighbours = neighbourhood(hash);
  const ShortText key = key_of(hash, text, size);
  Trail trail;
  for (;;) {
    Slot* const slot = descend(neighbours, trail);
    const Word bucket = follow_slot(*slot);
    if (kind_of(bucket) == Kind::branch) continue;
    const std::span<const Pair> pairs = pairs_of(bucket);
    const Pair* const same = find_pair(pairs, hash, text, size);
    if (same != nullptr && refer(*same->entry)) return same->entry;
    const std::uint32_t number = free_number(pairs, neighbours);
    operation.reserve(kFanout + 8);
    Entry* const fresh = make_entry(operation, hash, text, size);
    fresh->number = number;
    std::array<Pair, 256> with;
    with[0] = {key.head, key.tail, fresh->size, number, fresh};
    std::ranges::copy(pairs, with.begin() + 1);
    Word wider = 0;
    try {
      wider = made_wide(operation, {with.data(), pairs.size() + 1}, trail.size());
      if (trail.swap(operation, slot, bucket, wider)) {
        retire_bucket(operation, bucket);
        return fresh;
      }
    } catch (...) {
      retire_bucket(operation, wider);
      retire_entry(operation, *fresh);
      throw;
    }
    retire_bucket(operation, wider);
    retire_entry(operation, *fresh);
  }
}

template <class Entry>
void TextTable<Entry>::retire_entry(Operation& operation, Entry& entry) noexcept {
  operation.retire_record(entry.references, kCounterBytes);
  operation.retire(&entry, entry_bytes(entry.size));
}

// Replaces the bucket of `entry` by one whose pairs `change` has been over: it may alter the entry's
// pair, or say that it is to be dropped. Doing it twice is doing it once.
template <class Entry>
template <class Change>
void TextTable<Entry>::change_bucket(Operation& operation, const Entry& entry, Change&& change) {
  Trail trail;
  for (;;) {
    Slot* const slot = descend(entry.number >> kNumberBits, trail);
    const Word bucket = follow_slot(*slot);
    if (kind_of(bucket) == Kind::branch) continue;
    std::array<Pair, 256> pairs;
    std::size_t size = 0;
    for (Pair pair : pairs_of(bucket)) {
      if (pair.entry != &entry || change(pair)) pairs[size++] = pair;
    }
    operation.reserve(2);
    const Word changed = make_bucket(operation, {pairs.data(), size});
    if (!trail.swap(operation, slot, bucket, changed)) {
      retire_bucket(operation, changed);
      continue;
    }
    retire_bucket(operation, bucket);
    while (changed == 0 && !trail.tidy(operation)) descend(entry.number >> kNumberBits, trail);
    return;
  }
}

template <class Entry>
void TextTable<Entry>::release(Operation& operation, Entry* entry, Reclaimer::Duty hide) noexcept {
  // sync[N1] acq_rel -> N2: whatever the other owners did with the entry happened before it dies.
  if (entry->references->fetch_sub(1, std::memory_order_acq_rel) != 1) return;
  std::uint32_t none = 0;
  // sync[N2] acquire -> N1: see there. relaxed on failure: somebody took a reference again.
  if (entry->references->compare_exchange_strong(none, kDead, std::memory_order_acquire,
                                                 std::memory_order_relaxed)) {
    operation.defer({entry, 0, hide});
  }
}

template <class Entry>
void TextTable<Entry>::hide(Operation& operation, Entry* entry, Reclaimer::Duty forget) {
  change_bucket(operation, *entry, [](Pair& pair) {
    pair.size = kNoSize;
    return true;
  });
  operation.reserve(1);
  operation.defer({entry, 0, forget});
}

template <class Entry>
void TextTable<Entry>::forget(Operation& operation, Entry* entry) {
  change_bucket(operation, *entry, [](Pair&) { return false; });
  operation.reserve(2);
  retire_entry(operation, *entry);
}

template <class Entry>
template <class Visit>
void TextTable<Entry>::clear_below(Memory& memory, Word word, Visit& visit) {
  if (word == 0) return;
  if (kind_of(word) == Kind::branch) {
    // relaxed: the owner is alone.
    for (const Slot& slot : piece_of<Branch>(word)->slots) {
      clear_below(memory, thawed(slot.load(std::memory_order_relaxed)), visit);
    }
    memory.index.release(piece_of<void>(word), sizeof(Branch));
    return;
  }
  for (const Pair& pair : pairs_of(word)) {
    visit(*pair.entry);
    memory.ledger.release(pair.entry->references, kCounterBytes);
    memory.index.release(pair.entry, entry_bytes(pair.entry->size));
  }
  memory.index.release(piece_of<void>(word), pairs_of(word).size_bytes());
}

template <class Entry>
template <class Visit>
void TextTable<Entry>::clear(Memory& memory, Visit&& visit) {
  // relaxed: the owner is alone.
  for (Slot& cell : cells_) clear_below(memory, cell.exchange(0, std::memory_order_relaxed), visit);
}

}  // namespace sluice::internal
