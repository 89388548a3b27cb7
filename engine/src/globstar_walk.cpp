// Patterns with `**` before their end. Their nodes can be reached in many ways (`**.a.**.a.**` by a
// name of sixteen a), so the walk keeps a set of nodes per segment instead of following each way:
// the work is bounded by segments x nodes, whatever the pattern. Source: Thompson's simulation of a
// non-deterministic automaton (CACM 11(6), 1968). A `**` node never has a `**` child: patterns with
// adjacent `**` are put into the trie with one (matcher.cpp).
#include <algorithm>

#include "walk.hpp"

namespace sluice::internal {

namespace {

void make_set(std::vector<Word>& words) {
  std::ranges::sort(words);
  words.erase(std::unique(words.begin(), words.end()), words.end());
}

}  // namespace

void Walk::run_globstars() {
  std::ranges::sort(globstars_, {}, &Visit::event);
  for (std::size_t begin = 0, end = 0; begin < globstars_.size(); begin = end) {
    while (end < globstars_.size() && globstars_[end].event == globstars_[begin].event) ++end;
    run_globstars_of(std::span{globstars_}.subspan(begin, end - begin));
  }
}

void Walk::run_globstars_of(std::span<const Visit> globstars) {
  const std::uint32_t event = globstars.front().event;
  // Concurrent changes may show one node as two pieces, so equal ids may be hit twice.
  may_repeat_[event] = true;
  const Segments& segments = *segments_[event];
  frontier_.clear();
  lasting_.clear();
  const Symbol* const end = segments.symbols().data() + segments.size();
  for (const Symbol* next = segments.symbols().data();; ++next) {
    for (const Visit& globstar : globstars) {
      if (globstar.next == next) reach_globstar(globstar.node, event);
    }
    for (const Word node : frontier_) {
      if ((extras_of(node) & kGlobstar) != 0)
        reach_globstar(follow_slot(*extra_slot(node, kGlobstar)), event);
    }
    make_set(lasting_);
    if (next == end) break;
    next_.clear();
    for (const Word node : frontier_) step_globstar(node, next, event);
    for (const Word node : lasting_) step_globstar(node, next, event);
    make_set(next_);
    frontier_.swap(next_);
  }
  for (const std::vector<Word>* nodes : {&frontier_, &lasting_}) {
    for (const Word node : *nodes) {
      if ((extras_of(node) & kSelf) != 0) hit_at(event, follow_slot(*extra_slot(node, kSelf)));
    }
  }
}

// A `**` child: it lasts if it is a node, and takes whatever is left if a pattern ends there.
void Walk::reach_globstar(Word word, std::uint32_t event) {
  if (kind_of(word) == Kind::node) {
    lasting_.push_back(word);
  } else {
    hit_at(event, word);
  }
}

void Walk::step_globstar(Word node, const Symbol* next, std::uint32_t event) {
  const auto follow_to = [&](const Slot& slot) {
    const Word word = follow_slot(slot);
    if (kind_of(word) == Kind::node) {
      next_.push_back(word);
    } else if (next[1] == kEndSymbol) {
      hit_at(event, word);
    }
  };
  if ((extras_of(node) & kStar) != 0) follow_to(*extra_slot(node, kStar));
  if (*next == kUnknownSymbol) return;
  if (const Slot* const child = find_child(node, *next); child != nullptr) follow_to(*child);
}

}  // namespace sluice::internal
