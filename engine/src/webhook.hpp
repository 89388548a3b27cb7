// One version of a webhook's subscription: its id, its scope and its patterns as symbols. Immutable
// once it is published. The directory (directory.hpp) says which version of an id is the current
// one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "piece.hpp"

namespace sluice::internal {

struct Scope;

struct Webhook {
  Scope* scope;
  std::uint32_t id;
  std::uint16_t pattern_count;
  std::uint16_t first_size;  // segments of the first pattern

  // Behind it: the first pattern's symbols; of every further pattern its size, then its symbols.
  Symbol* symbols() noexcept { return reinterpret_cast<Symbol*>(this + 1); }
  const Symbol* symbols() const noexcept { return reinterpret_cast<const Symbol*>(this + 1); }

  /// Its entries in a subscriber set need no check for doubles.
  bool is_single() const noexcept { return pattern_count == 1; }

  /// Whether `test` holds for a pattern; the rest is not looked at then.
  template <class Test>
  bool any_pattern(Test&& test) const {
    const Symbol* at = symbols();
    std::size_t size = first_size;
    for (unsigned i = 0;;) {
      if (test(std::span<const Symbol>{at, size})) return true;
      at += size;
      if (++i == pattern_count) return false;
      size = *at++;
    }
  }
  template <class Visit>
  void for_each_pattern(Visit&& visit) const {
    any_pattern([&](std::span<const Symbol> path) {
      visit(path);
      return false;
    });
  }

  std::size_t bytes() const noexcept {
    std::size_t symbols_in_all = 0;
    for_each_pattern([&](std::span<const Symbol> path) { symbols_in_all += path.size(); });
    return bytes_for(pattern_count, symbols_in_all);
  }
  static constexpr std::size_t bytes_for(std::size_t patterns, std::size_t symbols_in_all) {
    return sizeof(Webhook) + (symbols_in_all + patterns - 1) * sizeof(Symbol);
  }
};

}  // namespace sluice::internal
