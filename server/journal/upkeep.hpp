// The background thread: prepares segments, writes the index files of full ones, drops what retention
// gives up, and with durability `os` has the disk follow about once a second.
#pragma once

#include <chrono>
#include <system_error>
#include <thread>

#include "base/clock.hpp"
#include "base/mutex.hpp"
#include "journal/options.hpp"
#include "journal/retention.hpp"
#include "journal/segment_list.hpp"
#include "journal/segment_supply.hpp"
#include "journal/writer.hpp"

namespace sluice::journal {

/// Thread safety: every member, from any thread.
class Upkeep {
 public:
  struct Parts {
    const Options& options;
    FileSystem& file_system;
    SegmentList& segments;
    SegmentSupply& supply;
    Writer& writer;
    const base::Clock& clock;
  };

  Upkeep(const Parts& parts, Retention retention)
      : parts_(parts), retention_(std::move(retention)) {}
  ~Upkeep() { stop(); }

  /// Begins the thread.
  void start();
  /// Ends what it is doing, and the thread.
  void stop();

  /// There may be something to do.
  void wake();
  /// Nothing below `sequence` is owed any more.
  void release_below(Sequence sequence);
  /// Why the last round left something undone; none: it did not.
  std::error_code error() const;

 private:
  void run();
  void finish() noexcept;
  bool is_stopping() const;
  Sequence released() const;
  std::error_code do_round();
  std::error_code write_indexes();

  Parts parts_;
  Retention retention_;

  mutable base::Mutex mutex_;
  base::Condition changed_;
  bool is_woken_ SLUICE_GUARDED_BY(mutex_) = false;
  bool is_stopping_ SLUICE_GUARDED_BY(mutex_) = false;
  Sequence released_ SLUICE_GUARDED_BY(mutex_) = 0;
  std::error_code error_ SLUICE_GUARDED_BY(mutex_);
  std::thread thread_;
};

}  // namespace sluice::journal
