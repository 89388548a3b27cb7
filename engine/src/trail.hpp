// The way from a root to a slot, and the change of that slot. Lock-freedom lives here: a writer that
// finds its slot frozen, because another one is about to replace the piece, does not wait and does
// not undo: it replaces the piece itself, with its own change in the successor.
//
// Roles:      writers, inside an Operation.
// Invariants: I4 and I6 of piece.hpp.
// Progress:   lock-free: swap() fails only when another writer's swap() has changed something on the
//             way; and every swap() that succeeds completes a step of the writer that called it.
#pragma once

#include <array>

#include "piece.hpp"

namespace sluice::internal {

class Trail {
 public:
  void clear() noexcept { size_ = 0; }
  unsigned size() const noexcept { return static_cast<unsigned>(size_); }
  /// The piece that was passed last.
  Word top() const noexcept { return stops_[size_ - 1].piece; }
  /// `piece` is what `slot` held, thawed, when it was passed.
  void push(Slot* slot, Word piece) noexcept { stops_[size_++] = {slot, piece}; }

  /// Changes `slot`, which lies in the piece at the top (or is the root), from `expected` to `fresh`.
  /// False: it does not hold `expected` any more, or the way has changed; start again.
  /// Errors: std::bad_alloc, and then nothing has changed.
  bool swap(Operation& operation, Slot* slot, Word expected, Word fresh) {
    return swap_at(operation, size_, slot, expected, fresh);
  }

  /// Replaces the piece at the top, frozen, by `successor`. True: the piece is retired.
  /// Precondition: one reserve()d item.
  bool replace_top(Operation& operation, Word successor);

  /// After a slot of the piece at the top has become empty: drops pieces that hold nothing, and
  /// rebuilds those that are half empty, upwards. False: somebody was faster, start again.
  /// Errors: std::bad_alloc.
  bool tidy(Operation& operation);

 private:
  struct Stop {
    Slot* slot;
    Word piece;
  };
  // 16 segments and the node's own subscribers, each a node, its Branches and a part of it; then the
  // Branches of a large set.
  static constexpr std::size_t kMaxStops = 17 * (2 + kLevels + 1) + kLevels + 1;
  // What the caller of swap() has reserved at most: reserve() may begin a new batch.
  static constexpr std::uint32_t kCallersItems = 160;

  bool swap_at(Operation& operation, std::size_t depth, Slot* slot, Word expected, Word fresh);

  std::array<Stop, kMaxStops> stops_;
  std::size_t size_ = 0;
};

}  // namespace sluice::internal
