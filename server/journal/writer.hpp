// The one thread that writes: takes all batches that wait, tells duplicates, writes them as one group,
// waits once for the disk, and answers everybody. While it waits for the disk the next group gathers.
//
// After a failed write or sync it leaves the segment: what the kernel has of it is unknown. It refuses
// everything until a new segment's header has reached the disk, which it tries about once a second.
//
// Roles:      any thread appends; the writer's thread does everything else.
// Invariants: a batch is answered once, in the order of the appends; an id is remembered only if the
//             event that brought it is committed or on its way.
#pragma once

#include <atomic>
#include <chrono>
#include <optional>
#include <span>
#include <system_error>
#include <thread>
#include <vector>

#include "base/durations.hpp"
#include "base/mutex.hpp"
#include "journal/append_queue.hpp"
#include "journal/duplicate_filter.hpp"
#include "journal/listener.hpp"
#include "journal/room.hpp"
#include "journal/segment_writer.hpp"

namespace sluice::journal {

class Upkeep;

/// Thread safety: append(), listener(), refuse() and the figures from any thread.
class Writer {
 public:
  struct Parts {
    SegmentList& segments;
    SegmentSupply& supply;
    Room& room;
    const base::Clock& clock;
    std::chrono::steady_clock::duration retry_interval;
  };

  Writer(const Parts& parts, SegmentWriter segment_writer, DuplicateFilter filter);
  ~Writer() { stop(); }

  /// Begins the thread. `upkeep` is told when a segment is used up.
  void start(Upkeep& upkeep);
  /// Answers what waits, and ends the thread.
  void stop();

  void append(Batch batch, AppendCallback callback);
  /// Of commits.
  Listener<Sequence>& listener() noexcept { return listener_; }

  /// Has the disk take what is committed and is not there yet (durability `os`).
  std::error_code sync_behind() { return segment_writer_.sync_behind(); }
  /// What was acknowledged may not reach the disk: leave the segment at hand.
  void refuse(std::error_code error);

  std::error_code refusal() const;
  std::uint64_t commits() const noexcept;
  std::uint64_t remembered_ids() const noexcept;
  base::Durations commit_durations() const noexcept;

 private:
  void run();
  std::size_t commit_some(std::span<PendingAppend> appends);
  std::error_code make_room(std::size_t bytes);
  std::error_code begin_segment(bool is_synced);
  std::size_t draft(std::span<const PendingAppend> appends);
  void answer(std::span<PendingAppend> appends);
  void fail(std::span<PendingAppend> appends, std::error_code error);
  void leave_segment(std::error_code error);
  void set_refusal(std::error_code error);
  void obey();
  void try_again();

  Parts parts_;
  SegmentWriter segment_writer_;
  DuplicateFilter filter_;
  Upkeep* upkeep_ = nullptr;
  AppendQueue queue_;
  Listener<Sequence> listener_;
  std::vector<RecordDraft> drafts_;   // of the group, one a batch
  std::vector<RecordDraft> records_;  // of these, what is written
  std::optional<PreparedSegment> unused_;  // taken, and not yet begun with success
  std::chrono::steady_clock::time_point retry_at_{};

  mutable base::Mutex mutex_;
  std::error_code refusal_ SLUICE_GUARDED_BY(mutex_);
  std::error_code order_ SLUICE_GUARDED_BY(mutex_);  // to refuse, until it is obeyed
  std::atomic<std::uint64_t> commits_{0};            // the writer counts, anybody reads
  std::atomic<std::uint64_t> remembered_ids_{0};     // as above
  base::DurationHistogram commit_durations_;         // the writer adds, anybody reads
  std::thread thread_;
};

}  // namespace sluice::journal
