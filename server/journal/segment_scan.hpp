// A segment read from its first record to where it ends: for recovery and for inspection.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "journal/fingerprint.hpp"
#include "journal/live_ids.hpp"
#include "journal/segment.hpp"
#include "journal/segment_header.hpp"
#include "journal/segment_reader.hpp"

namespace sluice::journal {

struct SegmentScan {
  SegmentEnd end;
  std::uint64_t records = 0;
  std::uint32_t last_crc = 0;  // what the next record must name as the one before it
  std::vector<Place> places;
  std::vector<IndexedId> ids;  // of callers, duplicates left out
  WalkOutcome outcome = WalkOutcome::end;  // end: nothing is wrong with what was read
  std::string problem;                     // of what lies at end.offset
};

/// Reads until the record before `until`, when that is known, or until something is no record.
/// Errors: std::bad_alloc; the others are in the outcome.
SegmentScan scan_segment(const std::shared_ptr<File>& file, const SegmentHeader& header,
                         std::optional<Sequence> until, const IdKey& key);

/// The first record of this segment behind `offset` that was written when more than `durable` bytes of
/// the segment were on the disk. One that names more than `offset` says that what lies at `offset` is
/// damaged, and no torn tail. Payloads are not looked at.
/// Errors: std::bad_alloc. What cannot be read says nothing.
std::optional<std::uint64_t> find_record_behind(File& file, const SegmentHeader& header,
                                                std::uint64_t offset, std::uint64_t durable);

}  // namespace sluice::journal
