#include "name_table.hpp"

#include <algorithm>
#include <new>
#include <stdexcept>

#include "unpublished.hpp"

namespace sluice::internal {

namespace {

constexpr std::uint32_t kUsualItems = 5;  // an entry, its subscribers, two buckets, a dead entry

}  // namespace

bool NameTable::is_dead(const NameEntry& entry) noexcept {
  // relaxed: what is dead stays so (I13), and what only seems alive refuses the change.
  return entry.subscribers.load(std::memory_order_relaxed) == kDead;
}

Slot* NameTable::descend(std::uint64_t hash, Trail& trail) noexcept {
  trail.clear();
  Slot* slot = &cells_[hash >> kBelowCell];
  for (unsigned level = 0;; ++level) {
    const Word word = follow_slot(*slot);
    if (kind_of(word) != Kind::branch) return slot;
    trail.push(slot, word);
    slot = &piece_of<Branch>(word)->slots[digit_of(below_cell(hash), level)];
  }
}

NameEntry* NameTable::make_entry(Operation& operation, const NameKey& key, Word subscribers) {
  auto* const entry = ::new (operation.allocate(sizeof(NameEntry) + key.text.size()))
      NameEntry{{subscribers}, key.scope, static_cast<std::uint32_t>(key.text.size())};
  std::ranges::copy(key.text, reinterpret_cast<char*>(entry + 1));
  return entry;
}

Word NameTable::changed(Operation& operation, Word bucket, const NameEntry* without,
                        const NameEntry* with, std::uint64_t hash, unsigned level) const {
  const std::span<const Tagged> old = entries_of(bucket);
  const std::size_t size = old.size() - (without != nullptr ? 1 : 0) + (with != nullptr ? 1 : 0);
  if (size == 0) return 0;
  if (size > kMaxBucket && level < kMaxLevel) {
    std::array<const NameEntry*, kMaxBucket + 1> all;
    *std::ranges::transform(old, all.begin(), entry_of).out = with;
    return made_of(operation, all, level);
  }
  if (size > kMaxCount) throw std::length_error("4,095 names share 30 bits of their hash");
  auto* const head = static_cast<std::uint8_t*>(operation.allocate(bucket_bytes(size)));
  const auto* const old_head = piece_of<std::uint8_t>(bucket);
  std::uint8_t* mark = std::fill_n(head, head_bytes(size), std::uint8_t{0}) - head_bytes(size);
  auto* entry = reinterpret_cast<Tagged*>(head + head_bytes(size));
  if (with != nullptr) {
    *mark++ = mark_of(hash);
    *entry++ = tagged(hash, with);
  }
  for (std::size_t i = 0; i < old.size(); ++i) {
    if (entry_of(old[i]) == without) continue;
    *mark++ = old_head[i];
    *entry++ = old[i];
  }
  return make_word(Kind::leaf, head, static_cast<unsigned>(size));
}

Word NameTable::made_of(Operation& operation, std::span<const NameEntry* const> entries,
                        unsigned level) const {
  if (entries.size() <= kMaxBucket || level == kMaxLevel) {
    const std::size_t size = entries.size();
    auto* const head = static_cast<std::uint8_t*>(operation.allocate(bucket_bytes(size)));
    std::fill_n(head, head_bytes(size), std::uint8_t{0});
    for (std::size_t i = 0; i < size; ++i) {
      const std::uint64_t hash = hash_of(*entries[i]);
      head[i] = mark_of(hash);
      reinterpret_cast<Tagged*>(head + head_bytes(size))[i] = tagged(hash, entries[i]);
    }
    return make_word(Kind::leaf, head, static_cast<unsigned>(size));
  }
  const Word branch = make_word(Kind::branch, make_branch(operation));
  Unpublished unpublished{[&] { retire_buckets(operation, branch); }};
  for (unsigned digit = 0; digit < kFanout; ++digit) {
    std::array<const NameEntry*, kMaxBucket + 1> part;
    const auto end = std::ranges::copy_if(entries, part.begin(), [&](const NameEntry* entry) {
      return digit_of(below_cell(hash_of(*entry)), level) == digit;
    });
    if (end.out == part.begin()) continue;
    // relaxed: published with the Branch.
    piece_of<Branch>(branch)->slots[digit].store(
        made_of(operation, {part.begin(), end.out}, level + 1), std::memory_order_relaxed);
  }
  unpublished.publish(true);
  return branch;
}

void NameTable::retire_buckets(Operation& operation, Word word) noexcept {
  if (word == 0) return;
  if (kind_of(word) == Kind::branch) {
    for (const Slot& slot : piece_of<Branch>(word)->slots) {
      // relaxed: it was never published.
      retire_buckets(operation, slot.load(std::memory_order_relaxed));
    }
    operation.retire(piece_of<void>(word), sizeof(Branch));
    return;
  }
  operation.retire(piece_of<void>(word), bucket_bytes(count_of(word)));
}

void NameTable::retire_entry(Operation& operation, NameEntry& entry) noexcept {
  operation.retire(&entry, bytes_of_entry(entry));
}

NameEntry* NameTable::admit(Operation& operation, const NameKey& key, const Webhook& webhook) {
  Trail trail;
  for (;;) {
    Slot* const slot = descend(key.hash, trail);
    const Word bucket = follow_slot(*slot);
    if (kind_of(bucket) == Kind::branch) continue;
    NameEntry* const same = find_in(bucket, key);
    if (same != nullptr && !is_dead(*same)) {
      trail.clear();
      const Stepped stepped_at =
          step_subscribers(operation, trail, &same->subscribers, Step::admit, webhook);
      if (stepped_at != Stepped::again) return same;
      continue;
    }
    const bool is_full = entries_of(bucket).size() >= kMaxBucket;
    operation.reserve(kUsualItems + (is_full ? kMaxLevel * (kFanout + 1) : 0));
    const Word subscribers = stepped(operation, 0, Step::admit, webhook, 0);
    NameEntry* fresh = nullptr;
    Word wider = 0;
    Unpublished unpublished{[&] {
      retire_buckets(operation, wider);
      if (fresh != nullptr) retire_entry(operation, *fresh);
      retire_subscribers(operation, subscribers);
    }};
    fresh = make_entry(operation, key, subscribers);
    wider = changed(operation, bucket, same, fresh, key.hash, trail.size());
    if (!unpublished.publish(trail.swap(operation, slot, bucket, wider))) continue;
    retire_buckets(operation, bucket);
    if (same != nullptr) retire_entry(operation, *same);
    return fresh;
  }
}

void NameTable::step(Operation& operation, NameEntry& entry, Step step, const Webhook& webhook) {
  Trail trail;
  for (;;) {
    trail.clear();
    switch (step_subscribers(operation, trail, &entry.subscribers, step, webhook)) {
      case Stepped::again: break;
      case Stepped::done: return;
      case Stepped::emptied:
        if (bury(operation, entry, trail)) return;
    }
  }
}

// Ends an entry that has lost its last subscriber. False: somebody was faster, look again. Out of
// memory: what is empty stays until the name is subscribed to and given up again.
bool NameTable::bury(Operation& operation, NameEntry& entry, Trail& trail) noexcept {
  try {
    if (!trail.tidy(operation)) return false;
    drop(operation, entry);
  } catch (const std::bad_alloc&) {
    return true;
  }
  return true;
}

void NameTable::drop(Operation& operation, NameEntry& entry) {
  Word none = 0;
  // relaxed: death publishes nothing; on failure somebody is admitted again, or was faster.
  if (!entry.subscribers.compare_exchange_strong(none, kDead, std::memory_order_relaxed,
                                                 std::memory_order_relaxed)) {
    return;
  }
  const std::uint64_t hash = hash_of(entry);
  Trail trail;
  for (;;) {
    Slot* const slot = descend(hash, trail);
    const Word bucket = follow_slot(*slot);
    if (kind_of(bucket) == Kind::branch) continue;
    const auto is_entry = [&](Tagged tagged) { return entry_of(tagged) == &entry; };
    if (std::ranges::none_of(entries_of(bucket), is_entry)) return;
    operation.reserve(3);
    const Word fewer = changed(operation, bucket, &entry, nullptr, 0, trail.size());
    if (!trail.swap(operation, slot, bucket, fewer)) {
      retire_buckets(operation, fewer);
      continue;
    }
    retire_buckets(operation, bucket);
    retire_entry(operation, entry);
    while (fewer == 0 && !trail.tidy(operation)) descend(hash, trail);
    return;
  }
}

void NameTable::clear_below(Pool& pool, Word word) noexcept {
  if (word == 0) return;
  if (kind_of(word) == Kind::branch) {
    for (const Slot& slot : piece_of<Branch>(word)->slots) {
      // relaxed: the owner is alone.
      clear_below(pool, thawed(slot.load(std::memory_order_relaxed)));
    }
    pool.release(piece_of<void>(word), sizeof(Branch));
    return;
  }
  for (const Tagged tagged : entries_of(word)) {
    NameEntry& entry = *entry_of(tagged);
    // relaxed: the owner is alone.
    clear_subscribers(pool, thawed(entry.subscribers.load(std::memory_order_relaxed)));
    pool.release(&entry, bytes_of_entry(entry));
  }
  pool.release(piece_of<void>(word), bucket_bytes(count_of(word)));
}

void NameTable::clear(Pool& pool) noexcept {
  // relaxed: the owner is alone.
  for (Slot& cell : cells_) clear_below(pool, cell.exchange(0, std::memory_order_relaxed));
}

}  // namespace sluice::internal
