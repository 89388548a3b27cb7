// A pattern on its way into the index: a name, or the symbols of a path with wildcards.
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

#include "piece.hpp"
#include "sluice/pattern.hpp"

namespace sluice::internal {

/// Lifetime: that of the pattern's text.
struct Draft {
  std::string_view name;  // empty: it has wildcards
  std::array<Symbol, kMaxSegments> symbols{};
  std::size_t size = 0;

  std::span<const Symbol> path() const noexcept { return {symbols.data(), size}; }
  void push(Symbol symbol) noexcept { symbols[size++] = symbol; }

  friend auto operator<=>(const Draft&, const Draft&) = default;
};

/// A webhook's; once they are ordered, those with wildcards come first.
using Drafts = std::vector<Draft>;

}  // namespace sluice::internal
