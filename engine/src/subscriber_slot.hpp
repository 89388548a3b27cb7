// The change of one slot's subscribers, wherever the slot lies: at the end of a trie's path or at a
// name.
//
// Roles:      writers, inside an Operation.
// Progress:   an attempt; it fails only when another writer's change has succeeded.
#pragma once

#include "subscriber_set.hpp"
#include "trail.hpp"

namespace sluice::internal {

enum class Stepped : std::uint8_t {
  again,  // somebody was faster: start again from the root
  done,
  emptied,  // done, and the slot at the trail's end holds nothing: tidy()
};

/// Takes `webhook` by `step` in the subscribers at `slot`, which `trail` leads to; their Branches join
/// the trail. Steps other than admit do nothing where the entry is not there.
/// Errors: std::bad_alloc, and then nothing has changed.
Stepped step_subscribers(Operation& operation, Trail& trail, Slot* slot, Step step,
                         const Webhook& webhook);

/// Releases what a subscribers' word holds, without a grace period: for the owner's end.
void clear_subscribers(Pool& pool, Word word) noexcept;

}  // namespace sluice::internal
