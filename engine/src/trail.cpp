#include "trail.hpp"

namespace sluice::internal {

namespace {

// What a frozen piece becomes when only its empty slots are dropped. `is_new` says whether the word
// is a piece of its own, which a failed CAS must retire.
Word without_empty_slots(Operation& operation, Word piece, bool& is_new) {
  if (kind_of(piece) == Kind::node) {
    const Word word = make_node(operation, content_of(piece));
    is_new = kind_of(word) == Kind::node;
    return word;
  }
  const Branch& old = *piece_of<Branch>(piece);
  is_new = !is_vacant(old);
  if (!is_new) return 0;
  Branch* const branch = make_branch(operation);
  for (unsigned i = 0; i < kFanout; ++i) {
    // relaxed: the old slots are frozen, the new ones are published with the Branch.
    branch->slots[i].store(thawed(old.slots[i].load(std::memory_order_relaxed)),
                           std::memory_order_relaxed);
  }
  return (piece & ~kAddress) | (make_word(Kind::empty, branch) & kAddress);
}

bool is_sparse(Word piece) noexcept {
  if (kind_of(piece) != Kind::node) return is_vacant(*piece_of<Branch>(piece));
  const unsigned extras = extra_count(extras_of(piece));
  const unsigned all = extras + keys_of(piece);
  const Slot* const slots = node_slots(piece);
  unsigned live = 0;
  for (unsigned i = 0; i < all; ++i) {
    // relaxed: a hint; what decides is read again once the piece is frozen.
    if (thawed(slots[i].load(std::memory_order_relaxed)) != 0) ++live;
  }
  // relaxed: as above.
  const bool has_only_self = live == 1 && (extras_of(piece) & kSelf) != 0 &&
                             thawed(slots[0].load(std::memory_order_relaxed)) != 0;
  return live * 2 <= all || has_only_self;
}

}  // namespace

bool replace_piece(Operation& operation, const Stop& stop, Word successor) noexcept {
  operation.reached("frozen");
  Word expected = stop.piece;
  // sync[C1] release -> C2: the successor is complete before any reader can reach it.
  if (!stop.slot->compare_exchange_strong(expected, successor, std::memory_order_release,
                                          std::memory_order_relaxed)) {  // relaxed: starts again
    return false;
  }
  operation.retire(piece_of<void>(stop.piece), bytes_of(stop.piece));
  return true;
}

void Trail::finish_top(Operation& operation) {
  const Stop stop = top();
  operation.reserve(2);
  freeze(stop.piece);
  bool is_new = false;
  const Word successor = without_empty_slots(operation, stop.piece, is_new);
  if (!replace_piece(operation, stop, successor) && is_new) {
    operation.retire(piece_of<void>(successor), bytes_of(successor));
  }
}

bool Trail::tidy(Operation& operation) {
  while (!is_empty()) {
    const Stop stop = top();
    if (!is_sparse(stop.piece)) return true;
    operation.reserve(2);
    freeze(stop.piece);
    bool is_new = false;
    const Word successor = without_empty_slots(operation, stop.piece, is_new);
    if (!replace_piece(operation, stop, successor)) {
      if (is_new) operation.retire(piece_of<void>(successor), bytes_of(successor));
      return false;
    }
    if (successor != 0) return true;
    pop();
  }
  return true;
}

}  // namespace sluice::internal
