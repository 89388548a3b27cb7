// An event name taken apart: a padded copy of its text, its segments, and their symbols.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include "hash.hpp"
#include "sluice/pattern.hpp"
#include "symbols.hpp"

namespace sluice::internal {

class Segments {
 public:
  /// Copies the text, so that it can be hashed and compared without care for its end.
  /// False: it is empty or longer than a name may be.
  bool copy(std::string_view name) noexcept;

  /// Finds the segments. False: the name is not well-formed. Complexity: O(bytes), 16 at a time.
  bool split() noexcept;

  /// Looks the segments' symbols up. Inside a Guard.
  void resolve(const Symbols& table, const Hashing& hashing) noexcept;

  const char* text() const noexcept { return text_.data(); }
  std::size_t bytes() const noexcept { return bytes_; }
  unsigned size() const noexcept { return size_; }
  /// kEndSymbol follows the last.
  std::span<const Symbol> symbols() const noexcept { return {symbols_.data(), size_}; }

 private:
  static constexpr std::size_t kPadding = 16;

  bool end_segment(std::size_t end) noexcept;

  alignas(16) std::array<char, kMaxNameBytes + 1 + kPadding> text_;
  std::size_t bytes_ = 0;
  unsigned size_ = 0;
  std::array<Symbol, kMaxSegments + 1> symbols_;
  std::array<std::uint16_t, kMaxSegments + 1> begins_;  // one more: the end of the last, plus 1
};

/// Whether a pattern, as symbols, covers a name. Complexity: O(pattern x name).
bool covers(std::span<const Symbol> pattern, std::span<const Symbol> name) noexcept;

}  // namespace sluice::internal
