#include "bench/baselines/locked_trie.hpp"

#include <algorithm>
#include <mutex>

namespace sluice::bench {

void LockedTrie::add(SubscriptionId id, const Pattern& pattern) {
  const std::unique_lock lock{mutex_};
  add_locked(id, pattern);
}

void LockedTrie::remove(SubscriptionId id, const Pattern& pattern) {
  const std::unique_lock lock{mutex_};
  remove_locked(id, pattern);
}

void LockedTrie::replace(SubscriptionId id, std::span<const Pattern> old_patterns,
                         std::span<const Pattern> patterns) {
  const std::unique_lock lock{mutex_};
  for (const Pattern& pattern : old_patterns) remove_locked(id, pattern);
  for (const Pattern& pattern : patterns) add_locked(id, pattern);
}

void LockedTrie::add_locked(SubscriptionId id, const Pattern& pattern) {
  const std::size_t number = static_cast<std::uint32_t>(id);
  if (number >= seen_.size()) seen_.resize(std::max(number + 1, 2 * seen_.size()));
  const Segments segments = pattern_segments(pattern);
  Node* node = &root_;
  int any_segments = 0;
  for (std::size_t i = 0; i < segments.size(); ++i) {
    if (segments[i][0] == '*') {
      any_segments += segments[i].size() == 2;
      auto& child = segments[i].size() == 2 ? node->any : node->one;
      if (!child) child = std::make_unique<Node>();
      node = child.get();
      continue;
    }
    auto found = node->literals.find(segments[i]);
    if (found == node->literals.end())
      found = node->literals.emplace(segments[i], std::make_unique<Node>()).first;
    node = found->second.get();
  }
  node->ids.push_back(id);
  // Two `**` lead to one node by several ways; one of them leads there by a single way.
  may_repeat_ = may_repeat_ || seen_[number] || any_segments > 1;
  seen_[number] = true;
}

void LockedTrie::remove_locked(SubscriptionId id, const Pattern& pattern) {
  erase(root_, pattern_segments(pattern), 0, id);
  seen_[static_cast<std::uint32_t>(id)] = false;
}

void LockedTrie::erase(Node& node, const Segments& segments, std::size_t depth, SubscriptionId id) {
  if (depth == segments.size()) {
    const auto found = std::find(node.ids.begin(), node.ids.end(), id);
    if (found == node.ids.end()) return;
    *found = node.ids.back();
    node.ids.pop_back();
    return;
  }
  if (segments[depth][0] == '*') {
    auto& child = segments[depth].size() == 2 ? node.any : node.one;
    if (!child) return;
    erase(*child, segments, depth + 1, id);
    if (child->is_empty()) child.reset();
    return;
  }
  const auto found = node.literals.find(segments[depth]);
  if (found == node.literals.end()) return;
  erase(*found->second, segments, depth + 1, id);
  if (found->second->is_empty()) node.literals.erase(found);
}

void LockedTrie::match_locked(std::string_view name, std::vector<SubscriptionId>& ids) const {
  walk(root_, Segments{name}, 0, ids);
  if (!may_repeat_) return;
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
}

void LockedTrie::walk(const Node& node, const Segments& segments, std::size_t depth,
                      std::vector<SubscriptionId>& ids) {
  if (node.any)
    for (std::size_t rest = depth; rest <= segments.size(); ++rest)
      walk(*node.any, segments, rest, ids);
  if (depth == segments.size()) {
    ids.insert(ids.end(), node.ids.begin(), node.ids.end());
    return;
  }
  if (node.one) walk(*node.one, segments, depth + 1, ids);
  const auto found = node.literals.find(segments[depth]);
  if (found != node.literals.end()) walk(*found->second, segments, depth + 1, ids);
}

std::size_t LockedTrie::index_bytes() const {
  const std::shared_lock lock{mutex_};
  return sizeof root_ + bytes_below(root_);
}

std::size_t LockedTrie::bytes_below(const Node& node) {
  // libstdc++'s map node: a link, the pair and the cached hash; its buckets are pointers.
  constexpr std::size_t kMapNode =
      sizeof(void*) + sizeof(Children::value_type) + sizeof(std::size_t);
  std::size_t bytes = node.ids.capacity() * sizeof(SubscriptionId);
  if (node.literals.bucket_count() > 1) bytes += node.literals.bucket_count() * sizeof(void*);
  for (const auto& [text, child] : node.literals) {
    bytes += kMapNode + (text.capacity() > 15 ? text.capacity() + 1 : 0);
    bytes += sizeof(Node) + bytes_below(*child);
  }
  for (const Node* child : {node.one.get(), node.any.get()})
    if (child) bytes += sizeof(Node) + bytes_below(*child);
  return bytes;
}

}  // namespace sluice::bench
