// Yardstick: a trie that is built once and then only read: flat arrays, no removal, no lock. What
// it gains from a second thread is what memory allows; what it does on one is hard to beat for an
// index that may change under its readers.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "bench/baselines/segments.hpp"
#include "sluice/matcher.hpp"

namespace sluice::bench {

/// Thread safety: after freeze(), any number of readers.
class FrozenTrie {
 public:
  FrozenTrie() : nodes_(1) {}
  void add(SubscriptionId id, const Pattern& pattern);
  void freeze();
  void match(std::string_view name, std::vector<SubscriptionId>& ids) const;
  std::size_t index_bytes() const;

 private:
  static constexpr std::uint32_t kNone = 0;  // the root is nobody's child

  struct Node {
    std::uint32_t one = kNone;  // `*`
    std::uint32_t any = kNone;  // `**`
    std::uint32_t first_id = 0;
    std::uint32_t id_count = 0;
  };
  struct Edge {
    std::uint32_t parent;
    std::uint32_t symbol;
    std::uint32_t child = kNone;
  };
  struct Symbol {
    std::uint32_t hash = 0;
    std::uint32_t number = 0;  // 0: the slot is free
    std::uint32_t text_from = 0;
    std::uint32_t text_size = 0;
  };

  std::uint32_t intern(std::string_view segment);
  std::uint32_t symbol_of(std::string_view segment) const;
  std::uint32_t child_of(std::uint32_t parent, std::uint32_t symbol) const;
  void walk(std::uint32_t node, const std::uint32_t* symbols, std::size_t left,
            std::vector<SubscriptionId>& ids) const;
  void freeze_symbols();
  void freeze_edges();
  void freeze_ids();

  std::vector<Node> nodes_;
  std::vector<Edge> edges_;      // open addressing by (parent, symbol), at most half full
  std::vector<Symbol> symbols_;  // open addressing by text, at most half full
  std::string symbol_text_;
  std::vector<SubscriptionId> ids_;
  bool may_repeat_ = false;  // a pattern has two `**`, and so an id may be met twice

  // Only while it is being built:
  std::unordered_map<std::string, std::uint32_t> symbol_numbers_;
  std::unordered_map<std::uint64_t, std::uint32_t> children_;
  std::vector<std::pair<std::uint32_t, SubscriptionId>> node_ids_;
};

}  // namespace sluice::bench
