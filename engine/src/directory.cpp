#include "directory.hpp"

#include <bit>

namespace sluice::internal {

namespace {

unsigned height_of(Word branch) noexcept { return count_of(branch); }

bool covers(Word root, std::uint32_t id) noexcept {
  const unsigned bits = kDigitBits * (height_of(root) + 1);
  return bits >= 32 || (id >> bits) == 0;
}

Slot& slot_of(Word branch, std::uint32_t id) noexcept {
  const std::uint32_t digit = (id >> (kDigitBits * height_of(branch))) & (kFanout - 1);
  return piece_of<Branch>(branch)->slots[digit];
}

Word leaf_of(Webhook* webhook) noexcept {
  return webhook == nullptr ? 0 : make_word(Kind::leaf, webhook);
}

}  // namespace

Webhook* Directory::find(std::uint32_t id) const noexcept {
  Word word = follow_slot(root_);
  if (word == 0 || !covers(word, id)) return nullptr;
  while (kind_of(word) == Kind::branch) word = follow_slot(slot_of(word, id));
  return piece_of<Webhook>(word);
}

void Directory::grow(Operation& operation, Word root, std::uint32_t id) {
  operation.reserve(1);
  Branch* const branch = make_branch(operation);
  const auto highest_digit = static_cast<unsigned>(std::bit_width(id | 1U) - 1) / kDigitBits;
  const unsigned height = root == 0 ? highest_digit : height_of(root) + 1;
  // relaxed: published with the Branch.
  branch->slots[0].store(root, std::memory_order_relaxed);
  // sync[S3] release -> S1: the Branch is complete.
  if (root_.compare_exchange_strong(root, make_word(Kind::branch, branch, height),
                                    std::memory_order_release,
                                    std::memory_order_relaxed)) {  // relaxed: looked at again
    return;
  }
  operation.retire(branch, sizeof(Branch));
}

Slot* Directory::descend(Operation& operation, std::uint32_t id, Trail& trail, bool is_creating) {
  for (;;) {
    trail.clear();
    const Word root = follow_slot(root_);
    if (root == 0 || !covers(root, id)) {
      if (!is_creating) return nullptr;
      grow(operation, root, id);
      continue;
    }
    trail.push(&root_, root);
    Slot* const leaf = descend_from(operation, root, id, trail, is_creating);
    if (leaf != nullptr || !is_creating) return leaf;
  }
}

// Null: there is no such leaf, or (creating) somebody was faster.
Slot* Directory::descend_from(Operation& operation, Word branch, std::uint32_t id, Trail& trail,
                              bool is_creating) {
  for (;;) {
    Slot* const slot = &slot_of(branch, id);
    if (height_of(branch) == 0) return slot;
    Word word = follow_slot(*slot);
    if (word == 0) {
      if (!is_creating) return nullptr;
      operation.reserve(1);
      Branch* const child = make_branch(operation);
      word = make_word(Kind::branch, child, height_of(branch) - 1);
      if (!trail.swap(operation, slot, 0, word)) {
        operation.retire(child, sizeof(Branch));
        return nullptr;
      }
    }
    trail.push(slot, word);
    branch = word;
  }
}

bool Directory::exchange(Operation& operation, std::uint32_t id, Webhook* expected,
                         Webhook* desired) {
  Trail trail;
  for (;;) {
    Slot* const slot = descend(operation, id, trail, desired != nullptr);
    if (slot == nullptr) return expected == nullptr;
    if (follow_slot(*slot) != leaf_of(expected)) return false;
    if (trail.swap(operation, slot, leaf_of(expected), leaf_of(desired))) return true;
  }
}

void Directory::tidy(Operation& operation, std::uint32_t id) {
  Trail trail;
  do {
    descend(operation, id, trail, false);
  } while (!trail.tidy(operation));
}

}  // namespace sluice::internal
