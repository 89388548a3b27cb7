#include "walk.hpp"

#include <algorithm>

namespace sluice::internal {

namespace {

void prefetch_subscribers(Word word) noexcept {
  switch (kind_of(word)) {
    case Kind::ids:
      prefetch_lines(piece_of<void>(word), count_of(word) * sizeof(std::uint32_t));
      break;
    case Kind::mixed: prefetch_lines(piece_of<void>(word), 64); break;
    default: break;
  }
}

}  // namespace

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
  tasks_.clear();
  hits_.clear();
  globstars_.clear();
}

void Walk::start(std::uint32_t event, const Segments& segments, Word root) {
  segments_[event] = &segments;
  first_[event] = Hit::kNone;
  may_repeat_[event] = false;
  if (root == 0) return;
  prefetch_node(root, segments.symbol(0));
  tasks_.push_back({root, event, 0});
}

void Walk::run() {
  for (std::size_t next = 0; next < tasks_.size(); ++next) visit(Task{tasks_[next]});
  if (!globstars_.empty()) run_globstars();
}

void Walk::visit(const Task& task) {
  const unsigned extras = extras_of(task.node);
  const bool is_end = task.depth == segments_[task.event]->size();
  const Slot* slot = node_slots(task.node);
  if ((extras & kSelf) != 0) {
    if (is_end) hit_at(task.event, follow_slot(*slot));
    ++slot;
  }
  if ((extras & kStar) != 0) {
    if (!is_end) follow(*slot, task.event, task.depth + 1);
    ++slot;
  }
  if ((extras & kGlobstar) != 0) {
    const Word word = follow_slot(*slot);
    if (kind_of(word) == Kind::node) {
      globstars_.push_back({word, task.event, task.depth});
    } else {
      hit_at(task.event, word);  // a `**` at a pattern's end takes whatever is left
    }
  }
  if (!is_end) follow_literal(task);
}

void Walk::follow_literal(const Task& task) {
  const Symbol symbol = segments_[task.event]->symbol(task.depth);
  if (symbol == kUnknownSymbol) return;
  const Slot* const child = find_child(task.node, symbol);
  if (child != nullptr) follow(*child, task.event, task.depth + 1);
}

void Walk::follow(const Slot& slot, std::uint32_t event, std::uint32_t depth) {
  const Word word = follow_slot(slot);
  const Segments& segments = *segments_[event];
  if (kind_of(word) == Kind::node) {
    prefetch_node(word, depth < segments.size() ? segments.symbol(depth) : 0);
    tasks_.push_back({word, event, depth});
  } else if (depth == segments.size()) {
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
