// Segments ahead of need: zero-filled or recycled files, on the disk with their names, so that the
// writer begins one without waiting for the disk to find room or to note down a name.
//
// A file that came free is kept as a spare for as long as it may be needed again. A flood whose backlog
// comes and goes frees files by the dozen and needs them a moment later; where they were deleted, filling
// new ones took more of the processor than writing the events.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <filesystem>
#include <memory>
#include <optional>
#include <system_error>
#include <vector>

#include "base/mutex.hpp"
#include "journal/file_system.hpp"

namespace sluice::journal {

/// A file whose header is blank. Its number follows that of the segment before it.
struct PreparedSegment {
  std::uint64_t number = 0;
  std::uint64_t bytes = 0;
  std::filesystem::path path;
  std::shared_ptr<File> file;
};

/// Thread safety: take() on the writer's thread, the others on the thread that does the background
/// work.
class SegmentSupply {
 public:
  static constexpr std::size_t kReserve = 2;  // segments ahead: the disk has 64 MiB to catch up
  static constexpr std::chrono::minutes kSpareAge{1};

  SegmentSupply(FileSystem& file_system, std::filesystem::path directory,
                std::uint64_t segment_bytes)
      : file_system_(file_system), directory_(std::move(directory)), bytes_(segment_bytes) {}

  /// Before the threads begin: what recovery found, and the number of the next segment to prepare.
  void restore(std::vector<PreparedSegment> prepared, std::vector<std::filesystem::path> spares,
               std::uint64_t next_number);

  /// The next segment; waits for it if `may_wait`. Errors: why the last attempt to prepare one has
  /// failed; std::errc::operation_in_progress: there is none yet.
  std::error_code take(PreparedSegment& segment, bool may_wait);

  /// Whether prepare_one() has something to do.
  bool is_short() const;
  /// Whether the next segment costs no new file, which is a thousand times as much.
  bool has_spare() const noexcept { return !spares_.empty(); }
  /// Prepares a segment, or says why it cannot, as the waiting take() does then.
  std::error_code prepare_one();
  /// Takes a dropped segment's file, which nobody has open: a spare, or deleted if its size is not
  /// that of segments any more.
  std::error_code recycle(const std::filesystem::path& path, std::uint64_t bytes);
  /// Deletes spares that were not needed for kSpareAge, but for kReserve of them.
  std::error_code trim(std::chrono::steady_clock::time_point now);

 private:
  std::error_code prepare(PreparedSegment& segment);
  std::error_code make_file(const std::filesystem::path& path, std::unique_ptr<File>& file);
  std::error_code clean_spare(const std::filesystem::path& path, std::unique_ptr<File>& file);

  FileSystem& file_system_;
  const std::filesystem::path directory_;
  const std::uint64_t bytes_;
  std::deque<std::filesystem::path> spares_;  // the one that was freed last is used first
  std::size_t fewest_spares_ = 0;             // since the last trim()
  std::optional<std::chrono::steady_clock::time_point> trimmed_at_;
  std::uint64_t next_number_ = 1;

  mutable base::Mutex mutex_;
  base::Condition changed_;
  std::deque<PreparedSegment> prepared_ SLUICE_GUARDED_BY(mutex_);
  std::error_code error_ SLUICE_GUARDED_BY(mutex_);
};

}  // namespace sluice::journal
