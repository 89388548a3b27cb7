#include "journal/segment_list.hpp"

#include <algorithm>
#include <utility>

namespace sluice::journal {

void SegmentList::reserve() {
  const base::MutexLock lock(mutex_);
  const std::size_t needed = entries_.size() + 1;
  if (needed > entries_.capacity()) entries_.reserve(2 * needed);
}

void SegmentList::add(Pointer segment) noexcept {
  const base::MutexLock lock(mutex_);
  std::uint64_t bytes_before = 0;
  if (!entries_.empty()) {
    const Entry& last = entries_.back();
    bytes_before = last.bytes_before + last.segment->end().offset - kRecordsBegin;
  }
  file_bytes_ += segment->bytes();
  entries_.push_back({std::move(segment), bytes_before});
}

std::vector<SegmentList::Entry>::const_iterator SegmentList::find(Sequence sequence) const {
  // The last segment that begins at or before it; of several that begin there, all but the last are
  // empty.
  const auto behind = std::ranges::upper_bound(
      entries_, sequence, {}, [](const Entry& entry) { return entry.segment->first(); });
  return behind == entries_.begin() ? behind : std::prev(behind);
}

SegmentList::Pointer SegmentList::at(Sequence sequence) const {
  const base::MutexLock lock(mutex_);
  const auto found = find(sequence);
  return found == entries_.end() ? nullptr : found->segment;
}

SegmentList::Pointer SegmentList::after(std::uint64_t number) const {
  const base::MutexLock lock(mutex_);
  const auto behind = std::ranges::upper_bound(
      entries_, number, {}, [](const Entry& entry) { return entry.segment->number(); });
  return behind == entries_.end() ? nullptr : behind->segment;
}

SegmentList::Pointer SegmentList::oldest() const {
  const base::MutexLock lock(mutex_);
  return entries_.empty() ? nullptr : entries_.front().segment;
}

SegmentList::Pointer SegmentList::newest() const {
  const base::MutexLock lock(mutex_);
  return entries_.empty() ? nullptr : entries_.back().segment;
}

std::vector<SegmentList::Pointer> SegmentList::all() const {
  const base::MutexLock lock(mutex_);
  std::vector<Pointer> segments;
  segments.reserve(entries_.size());
  for (const Entry& entry : entries_) segments.push_back(entry.segment);
  return segments;
}

SegmentList::Pointer SegmentList::take_oldest() {
  const base::MutexLock lock(mutex_);
  Pointer segment = std::move(entries_.front().segment);
  entries_.erase(entries_.begin());
  file_bytes_ -= segment->bytes();
  return segment;
}

std::uint64_t SegmentList::bytes_below(Sequence sequence) const {
  const base::MutexLock lock(mutex_);
  const auto found = find(sequence);
  if (found == entries_.end()) return 0;
  const Segment& segment = *found->segment;
  const SegmentEnd end = segment.end();
  std::uint64_t offset = kRecordsBegin;
  if (sequence >= end.next) {
    offset = end.offset;
  } else if (sequence > segment.first()) {
    offset = segment.place_before(sequence).offset;
  }
  return found->bytes_before + offset - kRecordsBegin;
}

Sequence SegmentList::event_at(std::uint64_t bytes) const {
  const base::MutexLock lock(mutex_);
  if (entries_.empty()) return 0;
  const auto behind = std::ranges::upper_bound(entries_, bytes, {}, &Entry::bytes_before);
  if (behind == entries_.begin()) return entries_.front().segment->first();
  const Entry& found = *std::prev(behind);
  return found.segment->place_at(bytes - found.bytes_before + kRecordsBegin).first;
}

SegmentTotals SegmentList::totals() const {
  const base::MutexLock lock(mutex_);
  SegmentTotals totals{.segments = entries_.size(), .file_bytes = file_bytes_};
  if (!entries_.empty()) {
    totals.first = entries_.front().segment->first();
    totals.next = entries_.back().segment->end().next;
  }
  return totals;
}

}  // namespace sluice::journal
