// Where a page of a list ended, as text for callers. It is sealed: nobody learns from it how many
// rows others have, and one list's cursor is of no use in another.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/vault.hpp"

namespace sluice::store {

/// Rows are ordered by `time`, then by `number`; a list that has no time may keep there how many rows
/// came before, or 0.
struct Position {
  std::int64_t time = 0;
  std::int64_t number = 0;
};

/// `list` says whose list of what it is. Letters, digits, `-` and `_` only, as URLs like it.
std::string to_cursor(const base::Vault& vault, const Position& position, std::string_view list);
/// Nothing: to_cursor() did not make it for this list.
std::optional<Position> from_cursor(const base::Vault& vault, std::string_view cursor,
                                    std::string_view list);

}  // namespace sluice::store
