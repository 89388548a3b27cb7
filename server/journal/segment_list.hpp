// The segments that hold committed records, oldest first.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "base/mutex.hpp"
#include "journal/segment.hpp"
#include "journal/sequence.hpp"

namespace sluice::journal {

/// What a list of segments comes to.
struct SegmentTotals {
  std::size_t segments = 0;
  std::uint64_t file_bytes = 0;
  Sequence first = 0;  // the oldest event; 0: none
  Sequence next = 1;   // behind the newest
};

/// Readers hold the segments that they read; what nobody holds any more may be recycled.
/// Thread safety: every member, from any thread.
class SegmentList {
 public:
  using Pointer = std::shared_ptr<Segment>;

  /// Makes room for one more. Errors: std::bad_alloc.
  void reserve();
  /// Precondition: reserve()d.
  void add(Pointer segment) noexcept;

  /// The segment that holds `sequence`, or the first behind it; null when there is none.
  Pointer at(Sequence sequence) const;
  /// The one after `number`; null when there is none.
  Pointer after(std::uint64_t number) const;
  /// Null when there is none.
  Pointer oldest() const;
  Pointer newest() const;
  /// All of them, oldest first.
  std::vector<Pointer> all() const;

  /// Takes out the oldest. Precondition: there is one.
  Pointer take_oldest();

  /// Bytes of records that were committed below `sequence`, counted from any fixed point: what lies
  /// between two sequences is the difference. About kPlaceBytes exact.
  std::uint64_t bytes_below(Sequence sequence) const;
  /// The event before which `bytes`, counted as bytes_below() does, lie: about kPlaceBytes exact, and
  /// never one that lies further on; 0: there is no segment. O(log(segments) + log(places)).
  Sequence event_at(std::uint64_t bytes) const;
  /// Holds no segment, so that asking never keeps one from being recycled. O(1).
  SegmentTotals totals() const;

 private:
  struct Entry {
    Pointer segment;
    std::uint64_t bytes_before;  // of the records in earlier segments
  };
  std::vector<Entry>::const_iterator find(Sequence sequence) const SLUICE_REQUIRES(mutex_);

  mutable base::Mutex mutex_;
  std::vector<Entry> entries_ SLUICE_GUARDED_BY(mutex_);
  std::uint64_t file_bytes_ SLUICE_GUARDED_BY(mutex_) = 0;
};

}  // namespace sluice::journal
