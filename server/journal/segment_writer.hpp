// Puts records behind one another into the segment at hand, and shows them to readers once they are
// committed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <system_error>
#include <vector>

#include "base/clock.hpp"
#include "base/random.hpp"
#include "journal/batch.hpp"
#include "journal/options.hpp"
#include "journal/record.hpp"
#include "journal/segment_list.hpp"
#include "journal/segment_supply.hpp"

namespace sluice::journal {

/// A batch with what only the writer knows of it.
struct RecordDraft {
  const Batch* batch = nullptr;
  Sequence first = 0;
  std::span<const std::uint32_t> duplicates;  // indexes, ascending
};

/// Where recovery has left off.
struct WritePosition {
  std::shared_ptr<Segment> segment;  // null: the next record begins a segment
  std::shared_ptr<File> file;
  std::uint32_t last_crc = 0;  // header_crc of the last record
  Sequence next = 1;
};

/// Thread safety: one thread at a time, but for sync_behind().
class SegmentWriter {
 public:
  SegmentWriter(SegmentList& segments, FileSystem& file_system, const base::Clock& clock,
                base::Random& random, std::uint64_t journal, Durability durability)
      : segments_(segments),
        file_system_(file_system),
        clock_(clock),
        random_(random),
        journal_(journal),
        durability_(durability) {}

  void resume(WritePosition position);

  /// Sequence of the next event.
  Sequence next() const noexcept { return next_; }
  /// Bytes that the segment at hand still takes; 0 when there is none.
  std::uint64_t room() const noexcept;

  /// Leaves the segment at hand, which is on the disk then, and begins `prepared`, whose header is
  /// written and, if asked for, synced. After an error there is no segment at hand, and `prepared`
  /// may be tried again. Errors: what the disk says; std::bad_alloc.
  std::error_code begin(const PreparedSegment& prepared, bool is_synced);

  /// Writes the drafts, which follow one another from next() and fit into room(), and with
  /// durability `fsync` waits for the disk; then readers see them, and `ids` are found. After an
  /// error nothing of it is, and nothing more may be written into this segment: abandon() it.
  /// Errors: what the disk says; std::bad_alloc, before anything is written.
  std::error_code write(std::span<const RecordDraft> drafts, std::span<const IndexedId> ids);

  /// Leaves the segment at hand as it is. If nothing of it was ever committed it is given back, to
  /// be begun again.
  std::optional<PreparedSegment> abandon() noexcept;

  /// Has the disk take what is committed of the newest segment, if that is not there already. From
  /// any thread.
  std::error_code sync_behind();

 private:
  void lay_out(std::span<const RecordDraft> drafts);
  std::byte* lay_out_head(const RecordDraft& draft, std::byte* at);

  SegmentList& segments_;
  FileSystem& file_system_;
  const base::Clock& clock_;
  base::Random& random_;
  const std::uint64_t journal_;
  const Durability durability_;

  std::shared_ptr<Segment> segment_;  // at hand
  std::shared_ptr<File> file_;
  std::optional<PreparedSegment> unlisted_;  // it, until a record of it is committed
  std::uint64_t offset_ = 0;    // of the next record
  std::uint32_t last_crc_ = 0;  // of the last record's header
  Sequence next_ = 1;

  std::vector<std::byte> heads_;  // headers and bitmaps of the records being written
  std::vector<::iovec> pieces_;
  std::vector<Place> places_;
};

}  // namespace sluice::journal
