// What may go: segments whose events are owed to nobody and are too old or too many, and index files
// whose ids have left the window.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <system_error>

#include "base/time.hpp"
#include "journal/file_system.hpp"
#include "journal/options.hpp"
#include "journal/segment_list.hpp"
#include "journal/segment_supply.hpp"

namespace sluice::journal {

/// An index file: with a segment, or what is left of one.
struct KeptIndex {
  std::uint64_t number = 0;
  std::size_t ids = 0;
  base::Time newest_at{};
};

/// Thread safety: one thread at a time.
class Retention {
 public:
  Retention(const Options& options, FileSystem& file_system, SegmentList& segments,
            SegmentSupply& supply)
      : options_(options), file_system_(file_system), segments_(segments), supply_(supply) {}

  /// Index files that have outlived their segments, oldest first.
  void restore(std::deque<KeptIndex> left_over) { left_over_ = std::move(left_over); }

  /// Drops what may go, unless somebody holds it (retention_hold.hpp). `released` is the oldest event
  /// that is still owed.
  /// Errors: what the disk says; what could not be deleted is tried again.
  std::error_code apply(base::Time now, Sequence released);

 private:
  bool may_drop(const Segment& segment, base::Time now, Sequence released) const;
  std::error_code drop(const Segment& segment, bool is_held);
  std::error_code drop_indexes(base::Time now);

  const Options& options_;
  FileSystem& file_system_;
  SegmentList& segments_;
  SegmentSupply& supply_;
  std::deque<KeptIndex> left_over_;
  std::shared_ptr<Segment> dropped_;  // readers no longer find it, and its file is still there
};

}  // namespace sluice::journal
