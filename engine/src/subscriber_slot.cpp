#include "subscriber_slot.hpp"

#include "unpublished.hpp"

namespace sluice::internal {

Stepped step_subscribers(Operation& operation, Trail& trail, Slot* slot, Step step,
                         const Webhook& webhook) {
  Word word = 0;
  unsigned level = 0;
  for (;; ++level) {
    word = follow_slot(*slot);
    if (kind_of(word) != Kind::id_branch) break;
    trail.push(slot, word);
    slot = &piece_of<Branch>(word)->slots[digit_of(spread(webhook.id), level)];
  }
  if (kind_of(word) == Kind::node) return Stepped::again;  // it has become one meanwhile
  operation.reserve(SubscriberView{word}.size() < kMaxFlat ? 3 : kSpreadPieces + 3);
  const Word next = stepped(operation, word, step, webhook, level);
  if (next == word) return word == 0 && step == Step::remove ? Stepped::emptied : Stepped::done;
  Unpublished fresh{[&] { retire_subscribers(operation, next); }};
  if (!fresh.publish(trail.swap(operation, slot, word, next))) return Stepped::again;
  retire_subscribers(operation, word);
  return next == 0 ? Stepped::emptied : Stepped::done;
}

void clear_subscribers(Pool& pool, Word word) noexcept {
  switch (kind_of(word)) {
    case Kind::ids:
      pool.release(piece_of<void>(word), count_of(word) * sizeof(std::uint32_t));
      return;
    case Kind::mixed: pool.release(piece_of<void>(word), mixed_bytes(word)); return;
    case Kind::id_branch:
      for (const Slot& slot : piece_of<Branch>(word)->slots) {
        // relaxed: the owner is alone.
        clear_subscribers(pool, thawed(slot.load(std::memory_order_relaxed)));
      }
      pool.release(piece_of<void>(word), sizeof(Branch));
      return;
    default: return;
  }
}

}  // namespace sluice::internal
