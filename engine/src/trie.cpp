#include "trie.hpp"

#include "symbols.hpp"
#include "unpublished.hpp"

namespace sluice::internal {

namespace {

constexpr std::uint32_t kChainItems = 20;           // the pieces of a chain, and what it replaces
constexpr std::uint32_t kSplitItems = 2 * kFanout;  // a node's keys on Branches, besides

constexpr unsigned extra_for(Symbol symbol) noexcept {
  return symbol == kStarSymbol ? kStar : symbol == kGlobstarSymbol ? kGlobstar : 0;
}

void add_child(NodeContent& content, Symbol symbol, Word word) noexcept {
  switch (extra_for(symbol)) {
    case kStar: content.extras[1] = word; break;
    case kGlobstar: content.extras[2] = word; break;
    default: content.add(symbol, word); break;
  }
}

// A step of a webhook, tried from the root until nobody interferes.
class Attempt {
 public:
  Attempt(Operation& operation, Slot& root, std::span<const Symbol> path, Step step,
          const Webhook& webhook)
      : operation_(operation), root_(root), path_(path), step_(step), webhook_(webhook) {}

  /// Whether the step is done; false: start again.
  bool run() {
    trail_.clear();
    Slot* slot = &root_;
    for (at_ = 0; at_ < path_.size(); ++at_) {
      slot = child(slot);
      if (slot == nullptr) return is_done_;
    }
    return change(slot);
  }

 private:
  // These return the next slot on the way, or null with is_done_ set.
  Slot* child(Slot* slot);
  Slot* wide_child(Slot* slot);
  Slot* self(Slot* slot);
  Slot* ended(bool is_done) {
    is_done_ = is_done;
    return nullptr;
  }
  Slot* not_there() { return ended(step_ != Step::remove || trail_.tidy(operation_)); }

  // These make what is not there yet (admit), and return whether that is done.
  bool put_below(Slot* slot, Word word);
  bool put_part(Slot* slot);
  bool put_child(unsigned level, bool is_part);
  bool put_self();

  bool change(Slot* slot);

  // A chain: what path_ has from a segment on, with the webhook at its end.
  Word make_chain(std::size_t from);
  void retire_chain(Word word, std::size_t from) noexcept;
  // The keys of too large a node, on Branches.
  Word make_spread(const NodeContent& content, unsigned level);
  void retire_spread(Word word) noexcept;

  Operation& operation_;
  Slot& root_;
  std::span<const Symbol> path_;
  Step step_;
  const Webhook& webhook_;
  Trail trail_;
  std::size_t at_ = 0;  // the segment that is looked for
  bool is_done_ = false;
};

Slot* Attempt::child(Slot* slot) {
  const Word word = follow_slot(*slot);
  if (kind_of(word) != Kind::node) {
    return step_ == Step::admit ? ended(put_below(slot, word)) : not_there();
  }
  trail_.push(slot, word);
  const unsigned extra = extra_for(path_[at_]);
  if (extra != 0) {
    if ((extras_of(word) & extra) != 0) return extra_slot(word, extra);
  } else if ((extras_of(word) & kWide) != 0) {
    return wide_child(extra_slot(word, kWide));
  } else if (Slot* const found = find_key(word, path_[at_]); found != nullptr) {
    return found;
  }
  return step_ == Step::admit ? ended(put_child(0, false)) : not_there();
}

Slot* Attempt::wide_child(Slot* slot) {
  for (unsigned level = 0;; ++level) {
    const Word word = follow_slot(*slot);
    if (word == 0) return step_ == Step::admit ? ended(put_part(slot)) : not_there();
    trail_.push(slot, word);
    if (kind_of(word) == Kind::node) {
      Slot* const found = find_key(word, path_[at_], level);
      if (found != nullptr) return found;
      return step_ == Step::admit ? ended(put_child(level, true)) : not_there();
    }
    slot = &piece_of<Branch>(word)->slots[digit_of(path_[at_], level)];
  }
}

Slot* Attempt::self(Slot* slot) {
  const Word word = follow_slot(*slot);
  if (kind_of(word) != Kind::node) return slot;
  trail_.push(slot, word);
  if ((extras_of(word) & kSelf) != 0) return extra_slot(word, kSelf);
  return step_ == Step::admit ? ended(put_self()) : not_there();
}

bool Attempt::change(Slot* slot) {
  slot = self(slot);
  if (slot == nullptr) return is_done_;
  switch (step_subscribers(operation_, trail_, slot, step_, webhook_)) {
    case Stepped::again: return false;
    case Stepped::done: return true;
    case Stepped::emptied: return trail_.tidy(operation_);
  }
  return true;
}

Word Attempt::make_chain(std::size_t from) {
  Word word = stepped(operation_, 0, Step::admit, webhook_, 0);
  std::size_t at = path_.size();
  try {
    for (; at > from; --at) {
      NodeContent content;
      add_child(content, path_[at - 1], word);
      word = make_node(operation_, content);
    }
  } catch (...) {
    retire_chain(word, at);
    throw;
  }
  return word;
}

void Attempt::retire_chain(Word word, std::size_t from) noexcept {
  for (std::size_t at = from; at < path_.size(); ++at) {
    operation_.retire(piece_of<void>(word), bytes_of(word));
    // relaxed: it was never published.
    word = node_slots(word)->load(std::memory_order_relaxed);
  }
  retire_subscribers(operation_, word);
}

// `slot` has nothing, or subscribers alone, and something is to come below it.
bool Attempt::put_below(Slot* slot, Word word) {
  operation_.reserve(kChainItems);
  const Word below = make_chain(at_ + 1);
  Word node = 0;
  Unpublished fresh{[&] {
    retire_chain(below, at_ + 1);
    if (node != 0) operation_.retire(piece_of<void>(node), bytes_of(node));
  }};
  NodeContent content;
  content.extras[0] = word;
  add_child(content, path_[at_], below);
  node = make_node(operation_, content);
  return fresh.publish(trail_.swap(operation_, slot, word, node));
}

// `slot`, on a Branch of a wide node, is empty.
bool Attempt::put_part(Slot* slot) {
  operation_.reserve(kChainItems);
  const Word chain = make_chain(at_);
  Unpublished fresh{[&] { retire_chain(chain, at_); }};
  return fresh.publish(trail_.swap(operation_, slot, 0, chain));
}

// The node at the trail's top has no such child. `is_part`: it is a part of a wide node, with `level`
// Branches above it.
bool Attempt::put_child(unsigned level, bool is_part) {
  const Word node = trail_.top();
  operation_.reserve(kChainItems + kSplitItems * (keys_of(node) == kMaxKeys ? 1 : 0));
  const Word below = make_chain(at_ + 1);
  Word parts = 0;
  Word successor = 0;
  Unpublished fresh{[&] {
    retire_chain(below, at_ + 1);
    if (parts != 0) retire_spread(parts);
    if (successor != 0 && successor != parts) {
      operation_.retire(piece_of<void>(successor), bytes_of(successor));
    }
  }};
  freeze(node);
  NodeContent content = content_of(node);
  add_child(content, path_[at_], below);
  if (content.size > kMaxKeys) {
    parts = make_spread(content, level);
    content.extras[3] = parts;
    content.size = 0;
  }
  successor = is_part && parts != 0 ? parts : make_node(operation_, content);
  return fresh.publish(trail_.replace_top(operation_, successor));
}

bool Attempt::put_self() {
  operation_.reserve(kChainItems);
  const Word subscribers = make_chain(path_.size());
  Word successor = 0;
  Unpublished fresh{[&] {
    retire_subscribers(operation_, subscribers);
    if (kind_of(successor) == Kind::node) {
      operation_.retire(piece_of<void>(successor), bytes_of(successor));
    }
  }};
  freeze(trail_.top());
  NodeContent content = content_of(trail_.top());
  content.extras[0] = subscribers;
  successor = make_node(operation_, content);
  return fresh.publish(trail_.replace_top(operation_, successor));
}

Word Attempt::make_spread(const NodeContent& content, unsigned level) {
  Branch* const branch = make_branch(operation_);
  for (unsigned digit = 0; digit < kFanout; ++digit) {
    NodeContent part;
    for (unsigned i = 0; i < content.size; ++i) {
      if (digit_of(content.keys[i], level) == digit) part.add(content.keys[i], content.words[i]);
    }
    if (part.size == 0) continue;
    const Word word =
        part.size > kMaxKeys ? make_spread(part, level + 1) : make_node(operation_, part);
    // relaxed: published with the Branch.
    branch->slots[digit].store(word, std::memory_order_relaxed);
  }
  return make_word(Kind::branch, branch);
}

// Not what hangs below the keys: that belongs to the frozen node still.
void Attempt::retire_spread(Word word) noexcept {
  if (word == 0) return;
  if (kind_of(word) == Kind::branch) {
    for (const Slot& slot : piece_of<Branch>(word)->slots) {
      // relaxed: it was never published.
      retire_spread(slot.load(std::memory_order_relaxed));
    }
  }
  operation_.retire(piece_of<void>(word), bytes_of(word));
}

void clear_below(Pool& pool, Word word) noexcept {
  if (kind_of(word) == Kind::node) {
    for (unsigned i = 0; i < extra_count(extras_of(word)) + keys_of(word); ++i) {
      // relaxed: the owner is alone.
      clear_below(pool, thawed(node_slots(word)[i].load(std::memory_order_relaxed)));
    }
  } else if (kind_of(word) == Kind::branch) {
    for (const Slot& slot : piece_of<Branch>(word)->slots) {
      // relaxed: the owner is alone.
      clear_below(pool, thawed(slot.load(std::memory_order_relaxed)));
    }
  } else {
    return clear_subscribers(pool, word);
  }
  pool.release(piece_of<void>(word), bytes_of(word));
}

}  // namespace

void step_at(Operation& operation, Slot& root, std::span<const Symbol> path, Step step,
             const Webhook& webhook) {
  Attempt attempt{operation, root, path, step, webhook};
  while (!attempt.run()) {
  }
}

void clear_trie(Pool& pool, Slot& root) noexcept {
  // relaxed: the owner is alone.
  clear_below(pool, thawed(root.exchange(0, std::memory_order_relaxed)));
}

}  // namespace sluice::internal
