// A record as its readers see it: the events of one batch, in place.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "base/time.hpp"
#include "journal/fingerprint.hpp"
#include "journal/sequence.hpp"

namespace sluice::journal {

struct RecordHeader;

/// One event. Everything points into the record's bytes.
struct EventView {
  Sequence sequence = 0;
  std::string_view json;      // as it was accepted
  std::string_view given_id;  // the caller's event id; empty: it has ours, see Journal::event_id
  std::optional<Fingerprint> scoped_id;  // of given_id, when it has a scope
  std::span<const std::uint32_t> webhooks;
  bool is_duplicate = false;  // its id was there before: it is neither delivered nor shown
};

/// The events of one record, from the first that the reader wants. Views live as long as the bytes
/// that it was made from; a Cursor keeps them until its next next().
/// Thread safety: as a plain value.
class RecordView {
 public:
  RecordView() noexcept = default;

  /// A view of a whole record, header included, 8-byte aligned. Nothing: its parts do not fit into
  /// each other, or into `record`. Checks no checksum: SegmentReader does. Complexity: O(events).
  static std::optional<RecordView> parse(std::span<const std::byte> record) noexcept;
  /// What a header alone tells of its record: there are no events to look at.
  static RecordView of_head(const RecordHeader& header) noexcept;

  std::uint32_t organisation() const noexcept { return organisation_; }
  base::Time accepted_at() const noexcept { return accepted_at_; }
  /// Sequence of the first event.
  Sequence first() const noexcept { return first_; }
  std::size_t size() const noexcept { return count_; }
  bool is_empty() const noexcept { return count_ == 0; }
  /// Complexity: O(1).
  EventView operator[](std::size_t index) const noexcept;

  /// Leaves out what comes before `from`.
  void drop_before(Sequence from) noexcept;

 private:
  std::uint32_t organisation_ = 0;
  base::Time accepted_at_{};
  Sequence first_ = 0;
  std::size_t count_ = 0;
  std::size_t skipped_ = 0;  // events before first_
  const std::byte* duplicates_ = nullptr;
  const std::byte* entries_ = nullptr;
  const std::uint32_t* webhooks_ = nullptr;
  const char* data_ = nullptr;
};

}  // namespace sluice::journal
