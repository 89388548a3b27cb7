#include "journal/segment.hpp"

#include <algorithm>
#include <utility>

namespace sluice::journal {

Segment::Segment(std::filesystem::path path, const SegmentHeader& header, FileSystem& file_system)
    : path_(std::move(path)),
      header_(header),
      file_system_(file_system),
      end_{header.first, kRecordsBegin, {}} {}

std::shared_ptr<Segment> Segment::make_lost(std::filesystem::path path,
                                            const SegmentHeader& header, Sequence next,
                                            FileSystem& file_system) {
  auto segment = std::make_shared<Segment>(std::move(path), header, file_system);
  segment->is_lost_ = true;
  segment->restore({}, 0, {next, kRecordsBegin, {}});
  return segment;
}

std::shared_ptr<File> Segment::open(std::error_code& error) const {
  const base::MutexLock lock(mutex_);
  if (auto file = file_.lock()) return file;
  std::unique_ptr<File> opened;
  error = file_system_.open(path_, OpenMode::write, opened);
  std::shared_ptr<File> file = std::move(opened);
  file_ = file;
  return file;
}

void Segment::share(const std::shared_ptr<File>& file) {
  const base::MutexLock lock(mutex_);
  file_ = file;
}

SegmentEnd Segment::end() const {
  const base::MutexLock lock(mutex_);
  return end_;
}

std::uint64_t Segment::durable_bytes() const {
  const base::MutexLock lock(mutex_);
  return durable_bytes_;
}

void Segment::set_durable_bytes(std::uint64_t bytes) {
  const base::MutexLock lock(mutex_);
  durable_bytes_ = std::max(durable_bytes_, bytes);
}

Place Segment::place_before(Sequence sequence) const {
  const base::MutexLock lock(mutex_);
  const auto behind = std::ranges::upper_bound(places_, sequence, {}, &Place::first);
  return behind == places_.begin() ? Place{first(), kRecordsBegin} : *std::prev(behind);
}

Place Segment::place_at(std::uint64_t offset) const {
  const base::MutexLock lock(mutex_);
  const auto behind = std::ranges::upper_bound(places_, offset, {}, &Place::offset);
  return behind == places_.begin() ? Place{first(), kRecordsBegin} : *std::prev(behind);
}

std::vector<Place> Segment::places() const {
  const base::MutexLock lock(mutex_);
  return places_;
}

void Segment::reserve(std::size_t places, std::size_t ids) {
  live_ids_.reserve(ids);
  const base::MutexLock lock(mutex_);
  const std::size_t needed = places_.size() + places;
  if (needed > places_.capacity()) places_.reserve(needed + needed / 2);
}

void Segment::commit(std::span<const Place> records, std::span<const IndexedId> ids,
                     const SegmentEnd& end) noexcept {
  live_ids_.add(ids);
  const base::MutexLock lock(mutex_);
  for (const Place& record : records)
    if (places_.empty() || record.offset >= places_.back().offset + kPlaceBytes)
      places_.push_back(record);
  ids_ += count_given(ids);
  end_ = {end.next, end.offset, std::max(end_.newest_at, end.newest_at)};
}

void Segment::restore(std::vector<Place> places, std::size_t ids, const SegmentEnd& end) {
  const base::MutexLock lock(mutex_);
  places_ = std::move(places);
  ids_ = ids;
  end_ = end;
}

std::size_t Segment::ids() const {
  const base::MutexLock lock(mutex_);
  return ids_;
}

bool Segment::has_index() const {
  const base::MutexLock lock(mutex_);
  return has_index_;
}

void Segment::set_has_index() {
  {
    const base::MutexLock lock(mutex_);
    has_index_ = true;
  }
  live_ids_.clear();
}

void Segment::set_has_no_index(std::span<const IndexedId> ids) {
  live_ids_.clear();
  live_ids_.reserve(ids.size());
  live_ids_.add(ids);
  const base::MutexLock lock(mutex_);
  has_index_ = false;
}

}  // namespace sluice::journal
