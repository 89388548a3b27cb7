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

NodeContent content_of(Word node, const Slot* changed, Word fresh) noexcept {
  const auto word_at = [&](const Slot* slot) {
    return slot == changed ? fresh : content_of_slot(*slot);
  };
  NodeContent content;
  const Slot* slot = node_slots(node);
  for (unsigned i = 0; i < content.extras.size(); ++i) {
    if ((extras_of(node) & (1U << i)) != 0) content.extras[i] = word_at(slot++);
  }
  for (unsigned i = 0; i < keys_of(node); ++i) {
    if (const Word word = word_at(slot + i); word != 0) content.add(node_keys(node)[i], word);
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

Successor successor_of(Operation& operation, Word piece, const Slot* changed, Word fresh) {
  if (kind_of(piece) == Kind::node) {
    const Word word = make_node(operation, content_of(piece, changed, fresh));
    return {word, kind_of(word) == Kind::node};
  }
  std::array<Word, kFanout> words;
  for (unsigned i = 0; i < kFanout; ++i) {
    const Slot& slot = piece_of<Branch>(piece)->slots[i];
    words[i] = &slot == changed ? fresh : content_of_slot(slot);
  }
  if (std::ranges::all_of(words, [](Word word) { return word == 0; })) return {0, false};
  Branch* const branch = make_branch(operation);
  for (unsigned i = 0; i < kFanout; ++i) {
    // relaxed: published with the Branch.
    branch->slots[i].store(words[i], std::memory_order_relaxed);
  }
  return {(piece & ~kAddress) | (make_word(Kind::empty, branch) & kAddress), true};
}

void freeze(Word piece) noexcept {
  for (Slot& slot : slots_of(piece)) {
    // sync[F1] acq_rel -> S2: the freezer sees what the last writer of the slot published.
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
