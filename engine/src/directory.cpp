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
  // sync[D1] acquire -> D2: Branches and versions are complete.
  Word word = root_.load(std::memory_order_acquire);
  if (word == 0 || !covers(word, id)) return nullptr;
  while (kind_of(word) == Kind::branch) {
    // sync[D3] acquire -> D2: as D1.
    word = thawed(slot_of(word, id).load(std::memory_order_acquire));
  }
  return piece_of<Webhook>(word);
}

void Directory::grow(Operation& operation, Word root, std::uint32_t id) {
  operation.reserve(1);
  Branch* const branch = make_branch(operation);
  const auto highest_digit = static_cast<unsigned>(std::bit_width(id | 1U) - 1) / kDigitBits;
  const unsigned height = root == 0 ? highest_digit : height_of(root) + 1;
  // relaxed: published with the Branch.
  branch->slots[0].store(root, std::memory_order_relaxed);
  // sync[D4] release -> D2: the Branch is complete.
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
    // sync[D5] acquire -> D2: as D1.
    const Word root = root_.load(std::memory_order_acquire);
    if (root == 0 || !covers(root, id)) {
      if (!is_creating) return nullptr;
      grow(operation, root, id);
      continue;
    }
    trail.push(&root_, root);
    for (Word branch = root;;) {
      Slot* const slot = &slot_of(branch, id);
      if (height_of(branch) == 0) return slot;
      // sync[D6] acquire -> D2: as D1.
      Word word = slot->load(std::memory_order_acquire);
      if (is_frozen(word)) {
        trail.finish_top(operation);
        break;
      }
      if (word == 0) {
        if (!is_creating) return nullptr;
        operation.reserve(1);
        Branch* const child = make_branch(operation);
        const Word fresh = make_word(Kind::branch, child, height_of(branch) - 1);
        // sync[D7] release -> D2: the Branch is complete. relaxed on failure: looked at again.
        if (!slot->compare_exchange_strong(word, fresh, std::memory_order_release,
                                           std::memory_order_relaxed)) {
          operation.retire(child, sizeof(Branch));
          break;
        }
        word = fresh;
      }
      trail.push(slot, word);
      branch = word;
    }
  }
}

bool Directory::exchange(Operation& operation, std::uint32_t id, Webhook* expected,
                         Webhook* desired) {
  Trail trail;
  for (;;) {
    Slot* const slot = descend(operation, id, trail, desired != nullptr);
    if (slot == nullptr) return expected == nullptr;
    Word word = leaf_of(expected);
    // sync[D2] acq_rel -> D1, D3, D5, D6, D4, D7: the version, and its entries in the trie, are
    // complete before it is the current one.
    if (slot->compare_exchange_strong(word, leaf_of(desired), std::memory_order_acq_rel,
                                      std::memory_order_acquire)) {  // acquire: as D1
      return true;
    }
    if (!is_frozen(word)) return false;
    trail.finish_top(operation);
  }
}

void Directory::tidy(Operation& operation, std::uint32_t id) {
  Trail trail;
  do {
    descend(operation, id, trail, false);
  } while (!trail.tidy(operation));
}

}  // namespace sluice::internal
