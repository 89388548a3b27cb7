#include "trail.hpp"

namespace sluice::internal {

namespace {

bool is_sparse(Word piece) noexcept {
  if (kind_of(piece) != Kind::node) return is_vacant(*piece_of<Branch>(piece));
  const unsigned all = extra_count(extras_of(piece)) + keys_of(piece);
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

bool Trail::swap_at(Operation& operation, std::size_t depth, Slot* slot, Word expected,
                    Word fresh) {
  Word word = expected;
  // sync[S2] release -> S1, F1: what is published is complete before anybody can reach it.
  if (slot->compare_exchange_strong(word, fresh, std::memory_order_release,
                                    std::memory_order_relaxed)) {  // relaxed: only compared
    return true;
  }
  if (depth == 0 || word != (expected | kFrozen)) return false;
  // The piece that holds the slot is being replaced: by this change, if nobody else is faster.
  const Stop& holder = stops_[depth - 1];
  operation.reserve(static_cast<std::uint32_t>(2 * depth) + kCallersItems);
  freeze(holder.piece);
  const Successor successor = successor_of(operation, holder.piece, slot, fresh);
  operation.reached("frozen");
  if (swap_at(operation, depth - 1, holder.slot, holder.piece, successor.word)) {
    operation.retire(piece_of<void>(holder.piece), bytes_of(holder.piece));
    return true;
  }
  if (successor.is_new) operation.retire(piece_of<void>(successor.word), bytes_of(successor.word));
  return false;
}

bool Trail::replace_top(Operation& operation, Word successor) {
  const Stop& stop = stops_[size_ - 1];
  operation.reached("frozen");
  if (!swap_at(operation, size_ - 1, stop.slot, stop.piece, successor)) return false;
  operation.retire(piece_of<void>(stop.piece), bytes_of(stop.piece));
  return true;
}

bool Trail::tidy(Operation& operation) {
  for (; size_ != 0; --size_) {
    if (!is_sparse(top())) return true;
    operation.reserve(2);
    freeze(top());
    const Successor successor = successor_of(operation, top(), nullptr, 0);
    if (!replace_top(operation, successor.word)) {
      if (successor.is_new) {
        operation.retire(piece_of<void>(successor.word), bytes_of(successor.word));
      }
      return false;
    }
    if (successor.word != 0) return true;
  }
  return true;
}

}  // namespace sluice::internal
