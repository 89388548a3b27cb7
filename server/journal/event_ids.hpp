// The ids of events whose senders gave none: `evt_` and the sequence, shuffled by a keyed permutation,
// so that ids tell nobody how many events there are.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "journal/sequence.hpp"

namespace sluice::journal {

/// Thread safety: every member, from any thread.
class EventIds {
 public:
  using Key = std::array<std::uint64_t, 4>;

  explicit EventIds(const Key& key) noexcept : key_(key) {}

  /// `evt_` and eleven characters of [0-9A-Za-z].
  std::string to_text(Sequence sequence) const;
  /// Nothing: the text is none that to_text() writes.
  std::optional<Sequence> parse(std::string_view text) const noexcept;

 private:
  std::uint64_t shuffle(std::uint64_t value) const noexcept;
  std::uint64_t unshuffle(std::uint64_t value) const noexcept;

  Key key_;
};

}  // namespace sluice::journal
