// What a Cursor remembers between two records.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "journal/cursor.hpp"
#include "journal/segment_list.hpp"
#include "journal/segment_reader.hpp"

namespace sluice::journal {

/// Thread safety: one thread at a time.
class Cursor::State {
 public:
  State(const SegmentList& segments, Sequence from, Wanted wanted)
      : segments_(segments), wanted_(wanted), position_(from == 0 ? 1 : from) {}

  ReadOutcome next(RecordView& record);
  Sequence position() const noexcept { return position_; }
  const std::string& error() const noexcept { return error_; }
  std::uint64_t skip_segment();

 private:
  std::optional<ReadOutcome> enter(SegmentList::Pointer segment);
  std::optional<ReadOutcome> read(RecordView& record);
  WalkOutcome walk();
  ReadOutcome fail(const std::string& what);

  const SegmentList& segments_;
  const Wanted wanted_;
  SegmentList::Pointer segment_;  // null: to be found by position_
  std::optional<SegmentReader> reader_;
  Sequence position_;
  std::string error_;
};

}  // namespace sluice::journal
