#include "journal/retention.hpp"

#include <memory>
#include <utility>

#include "journal/retention_hold.hpp"

namespace sluice::journal {

std::error_code Retention::apply(base::Time now, Sequence released) {
  std::unique_ptr<FileLock> turn;
  const std::error_code held = file_system_.lock(options_.directory / kHoldFileName, turn);
  if (held == std::errc::resource_unavailable_try_again) return {};  // it waits for the copy
  if (held) return held;
  for (;;) {
    if (dropped_) {
      // A reader that has it keeps it, without its name, until it is done. Nobody can come to it any
      // more.
      if (const std::error_code error = drop(*dropped_, dropped_.use_count() > 1)) return error;
      dropped_.reset();
    }
    const auto oldest = segments_.oldest();
    // The newest is being written, or was until a moment ago.
    if (!oldest || oldest == segments_.newest() || !may_drop(*oldest, now, released)) break;
    left_over_.push_back({oldest->number(), oldest->ids(), oldest->end().newest_at});
    dropped_ = segments_.take_oldest();
  }
  return drop_indexes(now);
}

bool Retention::may_drop(const Segment& segment, base::Time now, Sequence released) const {
  const SegmentEnd end = segment.end();
  const bool is_needed = end.next > released || !segment.has_index();
  const bool is_old = end.newest_at + options_.retention_age < now;
  const bool is_too_much = segments_.totals().file_bytes > options_.retention_bytes;
  return !is_needed && (is_old || is_too_much);
}

std::error_code Retention::drop(const Segment& segment, bool is_held) {
  const std::error_code error = is_held ? file_system_.remove(segment.path())
                                        : supply_.recycle(segment.path(), segment.bytes());
  if (error && error != std::errc::no_such_file_or_directory) return error;
  // Names go in the order of their numbers, also when the power does.
  return file_system_.sync_directory(options_.directory);
}

std::error_code Retention::drop_indexes(base::Time now) {
  if (left_over_.empty()) return {};
  std::size_t newer = 0;  // ids in newer indexes
  for (const auto& segment : segments_.all()) newer += segment->ids();
  std::size_t surplus = left_over_.size();  // of the oldest: the newer ones fill the window
  for (; surplus > 0 && newer < options_.id_window_ids; --surplus)
    newer += left_over_[surplus - 1].ids;
  while (!left_over_.empty()) {
    const KeptIndex& oldest = left_over_.front();
    const bool is_young = oldest.newest_at + options_.id_window_age >= now;
    if (surplus == 0 && oldest.ids > 0 && is_young) return {};
    const auto path = options_.directory / file_name(FileKind::index, oldest.number);
    const std::error_code error = file_system_.remove(path);
    if (error && error != std::errc::no_such_file_or_directory) return error;
    left_over_.pop_front();
    if (surplus > 0) --surplus;
  }
  return {};
}

}  // namespace sluice::journal
