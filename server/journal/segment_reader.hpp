// Walks the records of one segment file and believes none that fails a check.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "journal/file_system.hpp"
#include "journal/record.hpp"

namespace sluice::journal {

enum class WalkOutcome : std::uint8_t {
  record,   // here is one, whole and checked
  skipped,  // one that owes nobody lay here; of next_owed() only
  end,      // the limit
  damaged,  // what lies here is no record of this segment, or not the next one; see problem()
  failed    // the disk refuses; see problem()
};

/// Its memory is a chunk, or the largest record where that is larger.
/// Thread safety: one thread at a time.
class SegmentReader {
 public:
  /// Whole chunks for those who read everything, small ones for those who look for one record.
  static constexpr std::size_t kChunk = std::size_t{1} << 20U;
  static constexpr std::size_t kSmallChunk = std::size_t{64} << 10U;

  /// Reads `file`, whose header's checksum is `segment_crc`.
  SegmentReader(std::shared_ptr<File> file, std::uint32_t segment_crc,
                std::size_t chunk_bytes = kChunk);

  /// Goes to a record's offset. What the next record must follow is known at the first one only.
  void seek(std::uint64_t offset) noexcept;
  void seek_first(Sequence first) noexcept;

  /// The record at offset(), as long as it ends at or below `limit`; then offset() is its end. What
  /// lies behind `limit` is never read, and a limit never falls.
  WalkOutcome next(std::uint64_t limit);
  /// The same, but what a record that owes nobody holds is neither read nor checked. Its header is.
  WalkOutcome next_owed(std::uint64_t limit);

  const RecordHeader& header() const noexcept { return header_; }
  /// Until the next next() or seek(). Empty when it was skipped.
  std::span<const std::byte> record() const noexcept { return record_; }
  std::uint64_t offset() const noexcept { return offset_; }
  std::uint64_t record_offset() const noexcept { return offset_ - record_.size(); }
  /// header_crc of the last record, or of the segment before the first: what the next one follows.
  std::uint32_t last_crc() const noexcept { return previous_.value_or(0); }
  /// For people; empty unless the last next() came across one.
  const std::string& problem() const noexcept { return problem_; }

 private:
  WalkOutcome read_head(std::uint64_t limit);
  WalkOutcome read_payload(std::uint64_t limit);
  WalkOutcome skip_payload() noexcept;
  void pass_record() noexcept;
  bool fill(std::uint64_t bytes, std::uint64_t limit);
  WalkOutcome fail(WalkOutcome outcome, std::string problem);
  std::span<const std::byte> at_offset(std::uint64_t bytes) const noexcept;

  std::shared_ptr<File> file_;
  std::uint32_t segment_crc_;
  std::size_t chunk_bytes_;
  std::unique_ptr<std::byte[]> buffer_;
  std::size_t capacity_ = 0;
  std::uint64_t buffer_begin_ = 0;  // in the file
  std::size_t buffer_bytes_ = 0;
  std::uint64_t offset_ = 0;
  bool peeks_ = false;  // the next fill() is for a header, and perhaps for no more
  std::optional<std::uint32_t> previous_;  // nothing: unknown
  std::optional<Sequence> expected_;       // nothing: unknown
  RecordHeader header_;
  std::span<const std::byte> record_;
  std::string problem_;
};

}  // namespace sluice::journal
