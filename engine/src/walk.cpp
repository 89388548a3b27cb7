#include "walk.hpp"

#include <algorithm>

namespace sluice::internal {

const Slot* find_child(Word node, Symbol symbol) noexcept {
  if ((extras_of(node) & kWide) == 0) return find_key(node, symbol);
  Word word = follow_slot(*extra_slot(node, kWide));
  unsigned level = 0;
  for (; kind_of(word) == Kind::branch; ++level) {
    word = follow_slot(piece_of<Branch>(word)->slots[digit_of(symbol, level)]);
  }
  return word == 0 ? nullptr : find_key(word, symbol, level);
}

void Walk::clear() noexcept {
  visits_.clear();
  hits_.clear();
  globstars_.clear();
}

void Walk::start(std::uint32_t event, const Segments& segments, Word root) {
  segments_[event] = &segments;
  first_[event] = Hit::kNone;
  may_repeat_[event] = false;
  if (root == 0) return;
  const Symbol* const next = segments.symbols().data();
  prefetch_node(root, *next);
  visits_.push_back({root, next, event});
}

void Walk::run() {
  for (std::size_t i = 0; i < visits_.size(); ++i) visit(Visit{visits_[i]});
  if (!globstars_.empty()) run_globstars();
}

void Walk::visit(const Visit& visit) {
  const Symbol symbol = *visit.next;
  if (const unsigned extras = extras_of(visit.node); (extras & ~kWide) != 0) {
    const Slot* slot = node_slots(visit.node);
    if ((extras & kSelf) != 0) {
      if (symbol == kEndSymbol) hit_at(visit.event, follow_slot(*slot));
      ++slot;
    }
    if ((extras & kStar) != 0) {
      if (symbol != kEndSymbol) follow(*slot, visit.next + 1, visit.event);
      ++slot;
    }
    if ((extras & kGlobstar) != 0) {
      const Word word = follow_slot(*slot);
      if (kind_of(word) == Kind::node) {
        globstars_.push_back({word, visit.next, visit.event});
      } else {
        hit_at(visit.event, word);  // a `**` at a pattern's end takes whatever is left
      }
    }
  }
  if (symbol == kEndSymbol || symbol == kUnknownSymbol) return;
  const Slot* const child = find_child(visit.node, symbol);
  if (child != nullptr) follow(*child, visit.next + 1, visit.event);
}

inline void Walk::follow(const Slot& slot, const Symbol* next, std::uint32_t event) {
  const Word word = follow_slot(slot);
  if (kind_of(word) == Kind::node) {
    prefetch_node(word, *next);
    visits_.push_back({word, next, event});
  } else if (*next == kEndSymbol) {
    hit_at(event, word);
  }
}

void Walk::hit_at(std::uint32_t event, Word subscribers) {
  if (subscribers == 0) return;
  prefetch_subscribers(subscribers);
  hits_.push_back({subscribers, first_[event]});
  first_[event] = static_cast<std::uint32_t>(hits_.size() - 1);
}

}  // namespace sluice::internal
