// The trie of one scope: patterns lead to subscriber sets. This file is its writers' side; walk.hpp
// reads it.
//
//   cluster.*.failed         root -> node -cluster-> node -*-> node -failed-> subscribers
//   cluster.*.failed.**                                              -> node [self][**] -> ...
//
// A slot holds subscribers, or a node as soon as something lies below it; the node's `self` slot
// then has the subscribers. Children that are many lie on Branches, by the digits of their symbols.
//
// Roles:      writers, inside an Operation; any number at once.
// Invariants: I4 to I6 of piece.hpp.
// Progress:   lock-free: an attempt that starts again does so because another writer's CAS
// succeeded.
#pragma once

#include <span>

#include "subscriber_slot.hpp"

namespace sluice::internal {

/// Takes `webhook` one step further at the end of `path` below `root`. Steps other than admit do
/// nothing where the entry is not there. Complexity: O(segments) expected.
/// Errors: std::bad_alloc, and then nothing has changed.
void step_at(Operation& operation, Slot& root, std::span<const Symbol> path, Step step,
             const Webhook& webhook);

/// Releases everything below `root`, without a grace period: for the owner's end.
void clear_trie(Pool& pool, Slot& root) noexcept;

}  // namespace sluice::internal
