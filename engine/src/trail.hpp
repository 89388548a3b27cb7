// The way from a root to a slot, and the replacement of the pieces on it. Lock-freedom lives here:
// whoever meets a frozen slot finishes the replacement that somebody else began.
//
// Roles:      writers, inside an Operation.
// Invariants: I4 and I6 of piece.hpp.
// Progress:   lock-free: a replacement that fails does so because another one succeeded.
#pragma once

#include <array>

#include "piece.hpp"

namespace sluice::internal {

/// One piece on the way: the slot that held it, and its word then.
struct Stop {
  Slot* slot;
  Word piece;
};

class Trail {
 public:
  void clear() noexcept { size_ = 0; }
  bool is_empty() const noexcept { return size_ == 0; }
  unsigned size() const noexcept { return static_cast<unsigned>(size_); }
  const Stop& top() const noexcept { return stops_[size_ - 1]; }
  void pop() noexcept { --size_; }
  void push(Slot* slot, Word piece) noexcept { stops_[size_++] = {slot, piece}; }

  /// Replaces the piece at the top, whose slot somebody froze, by an equal one without frozen and
  /// empty slots. The caller starts again from its root. Errors: std::bad_alloc.
  void finish_top(Operation& operation);

  /// After a slot of the piece at the top has become empty: drops pieces that hold nothing, and
  /// rebuilds those that are half empty, upwards. False: somebody was faster, start again.
  /// Errors: std::bad_alloc.
  bool tidy(Operation& operation);

 private:
  // 16 segments and the node's own subscribers, each a node, its Branches and a part of it; then
  // the Branches of a large set.
  static constexpr std::size_t kMaxStops = 17 * (2 + kLevels + 1) + kLevels + 1;

  std::array<Stop, kMaxStops> stops_;
  std::size_t size_ = 0;
};

/// CAS of `stop`'s slot from its piece, which is frozen, to `successor`. True: the piece is
/// retired. Precondition: one reserve()d item.
bool replace_piece(Operation& operation, const Stop& stop, Word successor) noexcept;

}  // namespace sluice::internal
