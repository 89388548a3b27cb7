// A part of a list.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace sluice::store {

/// What a list call is asked for.
struct PageRequest {
  std::size_t limit = 50;
  std::optional<std::string> cursor = std::nullopt;  // Page::next_cursor of the page before
};

template <class Row>
struct Page {
  std::vector<Row> rows;
  std::optional<std::string> next_cursor;  // there may be more rows
};

/// The cursor was not made by this list.
struct BadCursor {};

}  // namespace sluice::store
