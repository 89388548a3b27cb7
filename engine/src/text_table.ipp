// Bodies of text_table.hpp.
#pragma once

namespace sluice::internal {

template <class Entry>
Word TextTable<Entry>::bucket_of(std::uint32_t neighbours) const noexcept {
  // sync[T1] acquire -> T2: the bucket and its entries are complete.
  Word word = thawed(cell_of(neighbours).load(std::memory_order_acquire));
  for (unsigned level = 0; kind_of(word) == Kind::branch; ++level) {
    const Slot& slot = piece_of<Branch>(word)->slots[digit_of(below_cell(neighbours), level)];
    // sync[T3] acquire -> T2: as T1.
    word = thawed(slot.load(std::memory_order_acquire));
  }
  return word;
}

template <class Entry>
Entry* TextTable<Entry>::find(std::uint64_t hash, const char* text,
                              std::size_t size) const noexcept {
  for (const Pair& pair : pairs_of(bucket_of(neighbourhood(hash)))) {
    if (pair.hash == hash && has_text(*pair.entry, text, size)) return pair.entry;
  }
  return nullptr;
}

template <class Entry>
Entry* TextTable<Entry>::at_number(std::uint32_t number) const noexcept {
  for (const Pair& pair : pairs_of(bucket_of(number >> kNumberBits))) {
    if (pair.hash != 0 && pair.entry->number == number) return pair.entry;
  }
  return nullptr;
}

template <class Entry>
Slot* TextTable<Entry>::descend(Operation& operation, std::uint32_t neighbours, Trail& trail) {
  for (;;) {
    trail.clear();
    Slot* slot = &cells_[neighbours >> (24U - kCellBits)];
    for (unsigned level = 0;; ++level) {
      // sync[T4] acquire -> T2: as T1.
      const Word word = slot->load(std::memory_order_acquire);
      if (is_frozen(word)) break;
      if (kind_of(word) != Kind::branch) return slot;
      trail.push(slot, word);
      slot = &piece_of<Branch>(word)->slots[digit_of(below_cell(neighbours), level)];
    }
    trail.finish_top(operation);
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
      // A dead pair has no hash left; its number still says where it belongs.
      const std::uint32_t neighbours = pair.entry->number >> kNumberBits;
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
    if (pair.entry->number >> kNumberBits == neighbours)
      is_taken[pair.entry->number & 0xFFU] = true;
  }
  for (std::uint32_t number = kReservedNumbers; number < is_taken.size(); ++number) {
    if (!is_taken[number]) return (neighbours << kNumberBits) | number;
  }
  throw std::length_error("252 different segments or scopes share 24 bits of their hash");
}

template <class Entry>
Entry* TextTable<Entry>::make_entry(Operation& operation, std::uint64_t hash, const char* text,
                                    std::size_t size) {
  operation.reserve(2);
  auto* const references = ::new (operation.allocate(8)) std::atomic<std::uint32_t>{1};
  Entry* entry = nullptr;
  try {
    entry = ::new (operation.allocate(entry_bytes(size))) Entry{};
  } catch (...) {
    operation.retire(references, 8);
    throw;
  }
  entry->references = references;
  entry->hash = hash;
  entry->size = static_cast<std::uint32_t>(size);
  auto* const copy = reinterpret_cast<char*>(entry + 1);
  std::memset(copy, 0, entry_bytes(size) - sizeof(Entry));
  std::copy_n(text, size, copy);
  return entry;
}

template <class Entry>
Entry* TextTable<Entry>::intern(Operation& operation, std::uint64_t hash, const char* text,
                                std::size_t size) {
  const std::uint32_t neighbours = neighbourhood(hash);
  Entry* fresh = nullptr;
  Trail trail;
  for (;;) {
    Slot* const slot = descend(operation, neighbours, trail);
    // sync[T5] acquire -> T2: as T1. The Branch that holds the slot may be frozen meanwhile.
    Word bucket = slot->load(std::memory_order_acquire);
    if (is_frozen(bucket) || kind_of(bucket) == Kind::branch) continue;
    const std::span<const Pair> pairs = pairs_of(bucket);
    const auto same = std::ranges::find_if(pairs, [&](const Pair& pair) {
      return pair.hash == hash && has_text(*pair.entry, text, size);
    });
    if (same != pairs.end()) {
      // relaxed: the count orders nothing; the entry was acquired with its bucket.
      std::uint32_t count = same->entry->references->load(std::memory_order_relaxed);
      while (count != kDead &&
             !same->entry->references->compare_exchange_weak(
                 count, count + 1, std::memory_order_relaxed,  // relaxed: as above
                 std::memory_order_relaxed)) {
      }
      if (count != kDead) {
        if (fresh != nullptr) {
          operation.reserve(2);
          operation.retire(fresh->references, 8);
          operation.retire(fresh, entry_bytes(size));
        }
        return same->entry;
      }
    }
    if (fresh == nullptr) fresh = make_entry(operation, hash, text, size);
    fresh->number = free_number(pairs, neighbours);
    std::array<Pair, 256> with;
    with[0] = {hash, fresh};
    std::ranges::copy(pairs, with.begin() + 1);
    operation.reserve(kFanout + 4);
    const Word wider = made_wide(operation, {with.data(), pairs.size() + 1}, trail.size());
    // sync[T2] release -> T1, T3, T4, T5: the bucket and the new entry are complete.
    if (slot->compare_exchange_strong(bucket, wider, std::memory_order_release,
                                      std::memory_order_relaxed)) {  // relaxed: starts again
      retire_bucket(operation, bucket);
      return fresh;
    }
    retire_bucket(operation, wider);
  }
}

// Replaces the bucket of `entry` by one whose pairs `change` has been over: it may alter the
// entry's pair, or say that it is to be dropped.
template <class Entry>
template <class Change>
void TextTable<Entry>::change_bucket(Operation& operation, const Entry& entry, Change&& change) {
  Trail trail;
  for (;;) {
    Slot* const slot = descend(operation, entry.number >> kNumberBits, trail);
    // sync[T6] acquire -> T7: as T1.
    Word bucket = slot->load(std::memory_order_acquire);
    if (is_frozen(bucket) || kind_of(bucket) == Kind::branch) continue;
    std::array<Pair, 256> pairs;
    std::size_t size = 0;
    for (Pair pair : pairs_of(bucket)) {
      if (pair.entry != &entry || change(pair)) pairs[size++] = pair;
    }
    operation.reserve(2);
    const Word changed = make_bucket(operation, {pairs.data(), size});
    // sync[T7] release -> T6: the bucket is complete.
    if (!slot->compare_exchange_strong(bucket, changed, std::memory_order_release,
                                       std::memory_order_relaxed)) {  // relaxed: starts again
      retire_bucket(operation, changed);
      continue;
    }
    retire_bucket(operation, bucket);
    while (changed == 0 && !trail.tidy(operation)) {
      descend(operation, entry.number >> kNumberBits, trail);
    }
    return;
  }
}

template <class Entry>
void TextTable<Entry>::release(Operation& operation, Entry* entry, Reclaimer::Duty duty) {
  operation.reserve(1);
  // sync[N1] acq_rel -> N2: whatever the other owners did with the entry happened before it dies.
  if (entry->references->fetch_sub(1, std::memory_order_acq_rel) != 1) return;
  std::uint32_t none = 0;
  // sync[N2] acquire -> N1: see there. relaxed on failure: somebody took a reference again.
  if (!entry->references->compare_exchange_strong(none, kDead, std::memory_order_acquire,
                                                  std::memory_order_relaxed)) {
    return;
  }
  try {
    change_bucket(operation, *entry, [](Pair& pair) {
      pair.hash = 0;
      return true;
    });
  } catch (const std::bad_alloc&) {
    // It stays visible until forget(): a reader may resolve it, and finds no edge that has its
    // number.
  }
  try {
    operation.reserve(1);
  } catch (const std::bad_alloc&) {
    return;  // the dead entry keeps its place until the table's end
  }
  operation.defer({entry, 0, duty});
}

template <class Entry>
void TextTable<Entry>::forget(Operation& operation, Entry* entry) {
  change_bucket(operation, *entry, [](Pair&) { return false; });
  operation.reserve(2);
  operation.retire(entry->references, 8);
  operation.retire(entry, entry_bytes(entry->size));
}

template <class Entry>
void TextTable<Entry>::clear_below(Pool& pool, Word word) noexcept {
  if (word == 0) return;
  if (kind_of(word) == Kind::branch) {
    // relaxed: the owner is alone.
    for (const Slot& slot : piece_of<Branch>(word)->slots) {
      clear_below(pool, thawed(slot.load(std::memory_order_relaxed)));
    }
    pool.release(piece_of<void>(word), sizeof(Branch));
    return;
  }
  for (const Pair& pair : pairs_of(word)) {
    pool.release(pair.entry->references, 8);
    pool.release(pair.entry, entry_bytes(pair.entry->size));
  }
  pool.release(piece_of<void>(word), pairs_of(word).size_bytes());
}

template <class Entry>
void TextTable<Entry>::clear(Pool& pool) noexcept {
  // relaxed: the owner is alone.
  for (Slot& cell : cells_) clear_below(pool, cell.exchange(0, std::memory_order_relaxed));
}

}  // namespace sluice::internal
