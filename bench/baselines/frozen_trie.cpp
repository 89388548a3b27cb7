#include "bench/baselines/frozen_trie.hpp"

#include <algorithm>
#include <bit>
#include <functional>

namespace sluice::bench {

namespace {

std::uint32_t text_hash(std::string_view text) {
  return static_cast<std::uint32_t>(std::hash<std::string_view>{}(text));
}

std::size_t edge_hash(std::uint32_t parent, std::uint32_t symbol) {
  const std::uint64_t key = (std::uint64_t{parent} << 32U) | symbol;
  const std::uint64_t mixed = key * 0x9E3779B97F4A7C15U;
  return static_cast<std::size_t>(mixed ^ (mixed >> 32U));
}

}  // namespace

std::uint32_t FrozenTrie::intern(std::string_view segment) {
  const auto next = static_cast<std::uint32_t>(symbol_numbers_.size() + 1);
  return symbol_numbers_.try_emplace(std::string{segment}, next).first->second;
}

void FrozenTrie::add(SubscriptionId id, const Pattern& pattern) {
  const Segments segments = pattern_segments(pattern);
  std::uint32_t node = 0;
  int any_segments = 0;
  for (std::size_t i = 0; i < segments.size(); ++i) {
    const auto next = static_cast<std::uint32_t>(nodes_.size());
    if (segments[i][0] == '*') {
      any_segments += segments[i].size() == 2;
      std::uint32_t& child = segments[i].size() == 2 ? nodes_[node].any : nodes_[node].one;
      if (child == kNone) child = next;
      node = child;
    } else {
      const std::uint64_t key = (std::uint64_t{node} << 32U) | intern(segments[i]);
      node = children_.try_emplace(key, next).first->second;
    }
    if (node == next) nodes_.emplace_back();
  }
  may_repeat_ = may_repeat_ || any_segments > 1;
  node_ids_.emplace_back(node, id);
}

void FrozenTrie::freeze() {
  freeze_symbols();
  freeze_edges();
  freeze_ids();
}

void FrozenTrie::freeze_symbols() {
  symbols_.resize(std::bit_ceil(2 * symbol_numbers_.size() + 1));
  for (const auto& [text, number] : symbol_numbers_) {
    const std::uint32_t hash = text_hash(text);
    std::size_t slot = hash & (symbols_.size() - 1);
    while (symbols_[slot].number != 0) slot = (slot + 1) & (symbols_.size() - 1);
    symbols_[slot] = {hash, number, static_cast<std::uint32_t>(symbol_text_.size()),
                      static_cast<std::uint32_t>(text.size())};
    symbol_text_ += text;
  }
  symbol_text_.shrink_to_fit();
  symbol_numbers_ = {};
}

void FrozenTrie::freeze_edges() {
  edges_.resize(std::bit_ceil(2 * children_.size() + 1));
  for (const auto& [key, child] : children_) {
    const auto parent = static_cast<std::uint32_t>(key >> 32U);
    const auto symbol = static_cast<std::uint32_t>(key);
    std::size_t slot = edge_hash(parent, symbol) & (edges_.size() - 1);
    while (edges_[slot].child != kNone) slot = (slot + 1) & (edges_.size() - 1);
    edges_[slot] = {parent, symbol, child};
  }
  children_ = {};
}

void FrozenTrie::freeze_ids() {
  nodes_.shrink_to_fit();
  std::sort(node_ids_.begin(), node_ids_.end());
  for (const auto& [node, id] : node_ids_) {
    if (nodes_[node].id_count++ == 0)
      nodes_[node].first_id = static_cast<std::uint32_t>(ids_.size());
    ids_.push_back(id);
  }
  ids_.shrink_to_fit();
  node_ids_ = {};
}

std::uint32_t FrozenTrie::symbol_of(std::string_view segment) const {
  const std::uint32_t hash = text_hash(segment);
  for (std::size_t slot = hash & (symbols_.size() - 1);;
       slot = (slot + 1) & (symbols_.size() - 1)) {
    const Symbol& symbol = symbols_[slot];
    if (symbol.number == 0) return 0;
    if (symbol.hash == hash &&
        std::string_view{symbol_text_}.substr(symbol.text_from, symbol.text_size) == segment)
      return symbol.number;
  }
}

std::uint32_t FrozenTrie::child_of(std::uint32_t parent, std::uint32_t symbol) const {
  for (std::size_t slot = edge_hash(parent, symbol) & (edges_.size() - 1);;
       slot = (slot + 1) & (edges_.size() - 1)) {
    const Edge& edge = edges_[slot];
    if (edge.child == kNone || (edge.parent == parent && edge.symbol == symbol)) return edge.child;
  }
}

void FrozenTrie::match(std::string_view name, std::vector<SubscriptionId>& ids) const {
  const Segments segments{name};
  std::array<std::uint32_t, kMaxSegments> symbols;
  for (std::size_t i = 0; i < segments.size(); ++i) symbols[i] = symbol_of(segments[i]);
  walk(0, symbols.data(), segments.size(), ids);
  if (!may_repeat_) return;
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
}

void FrozenTrie::walk(std::uint32_t at, const std::uint32_t* symbols, std::size_t left,
                      std::vector<SubscriptionId>& ids) const {
  const Node& node = nodes_[at];
  if (node.any != kNone)
    for (std::size_t skip = 0; skip <= left; ++skip)
      walk(node.any, symbols + skip, left - skip, ids);
  if (left == 0) {
    const auto first = ids_.begin() + node.first_id;
    ids.insert(ids.end(), first, first + node.id_count);
    return;
  }
  if (node.one != kNone) walk(node.one, symbols + 1, left - 1, ids);
  if (symbols[0] == 0) return;
  const std::uint32_t child = child_of(at, symbols[0]);
  if (child != kNone) walk(child, symbols + 1, left - 1, ids);
}

std::size_t FrozenTrie::index_bytes() const {
  return nodes_.capacity() * sizeof(Node) + edges_.capacity() * sizeof(Edge) +
         symbols_.capacity() * sizeof(Symbol) + symbol_text_.capacity() +
         ids_.capacity() * sizeof(SubscriptionId);
}

}  // namespace sluice::bench
