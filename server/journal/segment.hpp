// A segment that has committed records, as the writer fills it and readers use it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "base/mutex.hpp"
#include "base/time.hpp"
#include "journal/file_system.hpp"
#include "journal/live_ids.hpp"
#include "journal/segment_header.hpp"
#include "journal/sequence.hpp"

namespace sluice::journal {

/// Where a record begins.
struct Place {
  Sequence first = 0;
  std::uint64_t offset = 0;
};

/// How far a segment is committed.
struct SegmentEnd {
  Sequence next = 0;         // behind the newest event
  std::uint64_t offset = 0;  // behind its record
  base::Time newest_at{};    // of the newest event; it never falls
};

/// Thread safety: as each member says; what is said nothing of, from any thread.
class Segment {
 public:
  /// One place is kept for every so many bytes: what it costs to find an event.
  static constexpr std::uint64_t kPlaceBytes = std::uint64_t{64} << 10U;

  Segment(std::filesystem::path path, const SegmentHeader& header, FileSystem& file_system);
  /// One whose events are lost: it ends at `next`.
  static std::shared_ptr<Segment> make_lost(std::filesystem::path path, const SegmentHeader& header,
                                            Sequence next, FileSystem& file_system);

  std::uint64_t number() const noexcept { return header_.number; }
  Sequence first() const noexcept { return header_.first; }
  std::uint32_t crc() const noexcept { return header_.crc; }
  /// Of the file.
  std::uint64_t bytes() const noexcept { return header_.bytes; }
  const std::filesystem::path& path() const noexcept { return path_; }
  bool is_lost() const noexcept { return is_lost_; }

  /// The file, opened at the first use and closed with the last. Errors: an error_code in `error`.
  std::shared_ptr<File> open(std::error_code& error) const;
  /// Readers share `file` for as long as somebody has it: none of them opens what is being written.
  void share(const std::shared_ptr<File>& file);

  SegmentEnd end() const;
  /// How much of the file is known to be on the disk.
  std::uint64_t durable_bytes() const;
  void set_durable_bytes(std::uint64_t bytes);
  /// The last place at or before `sequence`, which is not before first().
  Place place_before(Sequence sequence) const;
  /// The last place at or before `offset` of the file; the first record when there is none.
  Place place_at(std::uint64_t offset) const;
  std::vector<Place> places() const;

  /// Makes room for what commit() is going to add. Writer only. Errors: std::bad_alloc.
  void reserve(std::size_t places, std::size_t ids);
  /// Shows the records up to `end` to readers. `records` are all of the new ones; those that are
  /// wanted as places are kept. Writer only. Precondition: reserve()d.
  void commit(std::span<const Place> records, std::span<const IndexedId> ids,
              const SegmentEnd& end) noexcept;
  /// The same for what was read back from an index file.
  void restore(std::vector<Place> places, std::size_t ids, const SegmentEnd& end);

  /// While it has no index file.
  const LiveIds& live_ids() const noexcept { return live_ids_; }
  bool has_index() const;
  /// Of callers, duplicates left out.
  std::size_t ids() const;
  /// Its index file is there: the ids in memory are no longer needed.
  void set_has_index();
  /// Its index file is of no use: here are its ids again. Before the threads begin.
  void set_has_no_index(std::span<const IndexedId> ids);

 private:
  const std::filesystem::path path_;
  const SegmentHeader header_;
  FileSystem& file_system_;
  bool is_lost_ = false;
  LiveIds live_ids_;
  mutable base::Mutex mutex_;
  mutable std::weak_ptr<File> file_ SLUICE_GUARDED_BY(mutex_);
  SegmentEnd end_ SLUICE_GUARDED_BY(mutex_);
  std::uint64_t durable_bytes_ SLUICE_GUARDED_BY(mutex_) = kRecordsBegin;
  std::vector<Place> places_ SLUICE_GUARDED_BY(mutex_);
  std::size_t ids_ SLUICE_GUARDED_BY(mutex_) = 0;
  bool has_index_ SLUICE_GUARDED_BY(mutex_) = false;
};

}  // namespace sluice::journal
