// START HERE. The journal: accepted events in append-only segments, committed in groups.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "base/clock.hpp"
#include "base/durations.hpp"
#include "base/random.hpp"
#include "journal/batch.hpp"
#include "journal/cursor.hpp"
#include "journal/options.hpp"
#include "journal/record_view.hpp"
#include "journal/sequence.hpp"

namespace sluice::journal {

class FileSystem;

struct AppendResult {
  std::error_code error;  // set: nothing of the batch is accepted
  Sequence first = 0;     // of the batch's first event; 0 when all of them are duplicates
  /// Indexes of the events whose ids were there before, ascending. They live as long as the call.
  std::span<const std::uint32_t> duplicates;
};

/// Called once, on the writer's thread: it must be short, must not throw and must not wait.
using AppendCallback = std::function<void(const AppendResult&)>;

/// An event on its own.
struct StoredEvent {
  Sequence sequence = 0;
  std::uint32_t organisation = 0;
  base::Time accepted_at{};
  std::string event_id;
  std::string json;
  std::vector<std::uint32_t> webhooks;
};

struct JournalStats {
  Sequence first = 0;              // the oldest event that is kept; 0: none
  Sequence committed_through = 0;  // the newest; 0: none
  std::uint64_t segments = 0;
  std::uint64_t disk_bytes = 0;     // of these
  std::uint64_t backlog_bytes = 0;  // from the release point to the newest event
  std::uint64_t queued_bytes = 0;   // of batches that wait to be written
  std::uint64_t commits = 0;        // groups since the start
  base::Durations commit_durations;  // writing a group, and waiting for the disk if asked for
  std::uint64_t remembered_ids = 0;
  std::error_code refusal;  // why the disk takes nothing at present; none: it does
};

/// Thread safety: every member, from any thread.
class Journal {
 public:
  /// Opens `options.directory` and recovers it: a torn tail, which nobody was told of, is cut off.
  /// Errors: JournalError (journal_error.hpp), whose text says what is wrong, in which file, at which
  /// byte, and what to do; std::bad_alloc.
  Journal(const Options& options, const base::Clock& clock, base::Random& random);
  /// The same over another file system.
  Journal(const Options& options, const base::Clock& clock, base::Random& random,
          FileSystem& file_system);
  /// Commits what was appended, calls every callback, and stops.
  ~Journal();
  Journal(const Journal&) = delete;
  Journal& operator=(const Journal&) = delete;

  /// A maker of batches for one thread at a time.
  BatchBuilder make_builder() const;

  /// Appends a batch and commits it with all others that wait. An empty batch is accepted at once.
  /// The callback's errors: what the disk said; after a failed write or sync nothing more is
  /// accepted until the disk takes data again, which is tried about once a second.
  /// Errors: std::bad_alloc, and then the callback is not called.
  void append(Batch batch, AppendCallback callback);

  /// False: what is owed or what waits to be written is over its limit, or the disk refuses: answer
  /// 429 or 503. A guess that costs three loads: what was appended a moment ago may not count yet.
  bool has_room() const noexcept;
  /// As in stats(), which gathers more.
  std::error_code refusal() const;

  /// A reader that begins at `from`, or at the oldest event that is kept where that is newer.
  Cursor cursor(Sequence from, Wanted wanted = Wanted::all) const;

  /// The event, unless it is unknown, a duplicate, dropped or another organisation's. The newest,
  /// when several scopes have used the id.
  /// Errors: JournalError when it is there and cannot be read.
  std::optional<StoredEvent> find(std::uint32_t organisation, std::string_view event_id) const;
  /// The same by its number, of any organisation.
  std::optional<StoredEvent> read_event(Sequence sequence) const;

  /// The id that the outside knows: the caller's own, or `evt_` and eleven characters that hide the
  /// sequence.
  std::string event_id(const EventView& event) const;

  /// Nothing below `sequence` is owed any more: retention may drop it. It never goes back. Before the
  /// first call nothing is dropped, and what came since the start counts as backlog.
  void release_below(Sequence sequence);

  /// What lies before this event is further behind the newest one than 90 % of the backlog's limit,
  /// about 64 KiB exact: were it not owed, the backlog would have room again. 0: it has.
  /// Complexity: O(log(segments)), and waits for no disk.
  Sequence crowded_below() const;

  /// `listener` is called on the writer's thread after each commit, with the newest sequence; null
  /// ends it. It must be short, must not throw and must not wait. When this returns, the earlier
  /// listener is not running and will not be called again: so a listener must not call it.
  void set_commit_listener(std::function<void(Sequence committed_through)> listener);

  /// `listener` is called when has_room() may have become true, and when the disk begins to refuse:
  /// on any thread, often for nothing. For the rest it is as a commit listener.
  void set_room_listener(std::function<void()> listener);

  JournalStats stats() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace sluice::journal
