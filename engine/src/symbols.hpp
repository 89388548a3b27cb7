// Segments as numbers, one per distinct text, and scopes, each with its trie.
//
// Roles:      writers intern, change a scope's root (trail.cpp) and give it a new stamp (matcher.cpp);
//             readers follow the root and compare the stamp.
#pragma once

#include "text_table.hpp"

namespace sluice::internal {

// The lowest numbers are never given to a text (TextTable::kReservedNumbers).
inline constexpr Symbol kStarSymbol = 0;      // `*` in a pattern
inline constexpr Symbol kGlobstarSymbol = 1;  // `**` in a pattern
inline constexpr Symbol kUnknownSymbol = 2;   // a segment of a name that no pattern holds
inline constexpr Symbol kEndSymbol = 3;       // behind a name's last segment

struct SymbolEntry : TextEntry {};
using Symbols = TextTable<SymbolEntry>;

/// One organisation: where its trie begins, and a stamp that changes with every change of it.
struct Scope : TextEntry {
  Slot root{0};                         // writers change it, readers follow it
  std::atomic<std::uint64_t> stamp{0};  // writers store a number that was never used before
};
using Scopes = TextTable<Scope>;

}  // namespace sluice::internal
