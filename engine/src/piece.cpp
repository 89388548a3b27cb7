#include "piece.hpp"

#include <algorithm>
#include <new>
#include <span>

namespace sluice::internal {

namespace {

std::span<Slot> slots_of(Word piece) noexcept {
  if (kind_of(piece) == Kind::node) {
    return {node_slots(piece), extra_count(extras_of(piece)) + keys_of(piece)};
  }
  return piece_of<Branch>(piece)->slots;
}

// relaxed: only called on frozen slots, whose words the freezing thread has acquired already.
Word content_of_slot(const Slot& slot) noexcept {
  return thawed(slot.load(std::memory_order_relaxed));
}

}  // namespace

NodeContent content_of(Word node) noexcept {
  NodeContent content;
  const Slot* slot = node_slots(node);
  for (unsigned i = 0; i < content.extras.size(); ++i) {
    if ((extras_of(node) & (1U << i)) != 0) content.extras[i] = content_of_slot(*slot++);
  }
  for (unsigned i = 0; i < keys_of(node); ++i) {
    if (const Word word = content_of_slot(slot[i]); word != 0)
      content.add(node_keys(node)[i], word);
  }
  return content;
}

Word make_node(Operation& operation, const NodeContent& content) {
  unsigned extras = 0;
  for (unsigned i = 0; i < content.extras.size(); ++i) {
    if (content.extras[i] != 0) extras |= 1U << i;
  }
  if (content.size == 0 && (extras & ~kSelf) == 0) return content.extras[0];
  auto* const slots = static_cast<Slot*>(operation.allocate(node_bytes(extras, content.size)));
  Slot* slot = slots;
  for (const Word word : content.extras) {
    if (word != 0) ::new (slot++) Slot{word};
  }
  for (unsigned i = 0; i < content.size; ++i) ::new (slot++) Slot{content.words[i]};
  std::copy_n(content.keys.data(), content.size, reinterpret_cast<Symbol*>(slot));
  return make_node_word(slots, extras, content.size);
}

Branch* make_branch(Operation& operation) {
  return ::new (operation.allocate(sizeof(Branch))) Branch{};
}

void freeze(Word piece) noexcept {
  for (Slot& slot : slots_of(piece)) {
    // sync[F1] acq_rel -> F2: the freezer sees what the last writer of the slot published.
    slot.fetch_or(kFrozen, std::memory_order_acq_rel);
  }
}

bool is_vacant(const Branch& branch) noexcept {
  return std::ranges::all_of(branch.slots, [](const Slot& slot) {
    // relaxed: a hint until the Branch is frozen, and final then (I4).
    return thawed(slot.load(std::memory_order_relaxed)) == 0;
  });
}

}  // namespace sluice::internal
