#include "journal/writer.hpp"

#include <new>
#include <utility>

#include "journal/upkeep.hpp"

namespace sluice::journal {
namespace {

// What is committed at once: enough for the disk to run at its speed, little enough for the first of
// the group not to wait for the last.
constexpr std::uint64_t kGroupBytes = std::uint64_t{8} << 20U;
constexpr std::size_t kGroupBatches = 4096;

}  // namespace

Writer::Writer(const Parts& parts, SegmentWriter segment_writer, DuplicateFilter filter)
    : parts_(parts), segment_writer_(std::move(segment_writer)), filter_(std::move(filter)) {
  parts_.room.set_head(parts_.segments.bytes_below(segment_writer_.next()));
  // relaxed: the thread begins later.
  remembered_ids_.store(filter_.size(), std::memory_order_relaxed);
}

void Writer::start(Upkeep& upkeep) {
  upkeep_ = &upkeep;
  thread_ = std::thread([this] { run(); });
}

void Writer::stop() {
  if (!thread_.joinable()) return;
  queue_.close();
  thread_.join();
}

void Writer::append(Batch batch, AppendCallback callback) {
  // Counted first: the writer may have answered before push() returns.
  const std::size_t bytes = batch.record_bytes();
  parts_.room.add_queued(bytes);
  try {
    queue_.push({std::move(batch), std::move(callback)});
  } catch (...) {
    parts_.room.remove_queued(bytes);
    throw;
  }
}

void Writer::run() {
  std::vector<PendingAppend> taken;
  for (bool is_refusing = false;; is_refusing = static_cast<bool>(refusal())) {
    if (!queue_.take(taken, is_refusing ? &retry_at_ : nullptr)) return;
    obey();
    try_again();
    for (std::span<PendingAppend> left = taken; !left.empty();) {
      left = left.subspan(commit_some(left));
      parts_.room.listener().tell();
    }
    taken.clear();
  }
}

/// Commits, or fails, what comes first in `appends`, and says how much of it that was.
std::size_t Writer::commit_some(std::span<PendingAppend> appends) {
  if (const std::error_code error = refusal()) {
    fail(appends, error);
    return appends.size();
  }
  const std::size_t bytes = appends.front().batch.record_bytes();
  if (const std::error_code error = make_room(bytes)) {
    leave_segment(error);
    fail(appends, error);
    return appends.size();
  }
  if (segment_writer_.room() < bytes) {  // it fits into no segment
    fail(appends.first(1), std::make_error_code(std::errc::message_size));
    return 1;
  }
  std::error_code error;
  try {
    appends = appends.first(draft(appends));
    const auto begun_at = parts_.clock.steady_now();
    error = segment_writer_.write(records_, filter_.added());
    if (error)
      leave_segment(error);
    else
      commit_durations_.add(parts_.clock.steady_now() - begun_at);
  } catch (const std::bad_alloc&) {
    error = std::make_error_code(std::errc::not_enough_memory);
  }
  if (error) {
    filter_.take_back();
    fail(appends, error);
  } else {
    answer(appends);
  }
  return appends.size();
}

std::error_code Writer::make_room(std::size_t bytes) {
  if (segment_writer_.room() >= bytes) return {};
  if (!unused_) {
    PreparedSegment prepared;
    if (const std::error_code error = parts_.supply.take(prepared, true)) return error;
    unused_ = std::move(prepared);
    upkeep_->wake();
  }
  const std::error_code error = begin_segment(false);
  if (!error) unused_.reset();
  return error;
}

std::error_code Writer::begin_segment(bool is_synced) {
  try {
    return segment_writer_.begin(*unused_, is_synced);
  } catch (const std::bad_alloc&) {
    return std::make_error_code(std::errc::not_enough_memory);
  }
}

/// Drafts a group of what fits into the segment, and says how many appends that is: one or more.
std::size_t Writer::draft(std::span<const PendingAppend> appends) {
  drafts_.clear();
  records_.clear();
  filter_.start(parts_.clock.now());
  const std::uint64_t room = std::min(segment_writer_.room(), kGroupBytes);
  std::uint64_t bytes = 0;
  Sequence next = segment_writer_.next();
  for (const PendingAppend& append : appends.first(std::min(appends.size(), kGroupBatches))) {
    const Batch& batch = append.batch;
    bytes += batch.record_bytes();
    if (!drafts_.empty() && bytes > room) break;
    RecordDraft draft{&batch, next, filter_.judge(batch, next)};
    // What brings nothing new needs no record; that what it repeats is committed is enough.
    const bool has_news = draft.duplicates.size() < batch.size();
    if (has_news) {
      next += batch.size();
      records_.push_back(draft);
    } else {
      draft.first = 0;
    }
    drafts_.push_back(draft);
  }
  return drafts_.size();
}

void Writer::answer(std::span<PendingAppend> appends) {
  const Sequence next = segment_writer_.next();
  // relaxed: figures for people.
  commits_.fetch_add(1, std::memory_order_relaxed);
  // relaxed: as above.
  remembered_ids_.store(filter_.size(), std::memory_order_relaxed);
  parts_.room.set_head(parts_.segments.bytes_below(next));
  for (std::size_t i = 0; i < appends.size(); ++i) {
    parts_.room.remove_queued(appends[i].batch.record_bytes());
    appends[i].callback({{}, drafts_[i].first, drafts_[i].duplicates});
  }
  if (!records_.empty()) listener_.tell(next - 1);
}

void Writer::fail(std::span<PendingAppend> appends, std::error_code error) {
  for (PendingAppend& append : appends) {
    parts_.room.remove_queued(append.batch.record_bytes());
    append.callback({error, 0, {}});
  }
}

void Writer::leave_segment(std::error_code error) {
  if (auto unused = segment_writer_.abandon()) unused_ = std::move(unused);
  retry_at_ = std::chrono::steady_clock::now() + parts_.retry_interval;
  set_refusal(error);
}

void Writer::set_refusal(std::error_code error) {
  {
    const base::MutexLock lock(mutex_);
    refusal_ = error;
    parts_.room.set_refuses(static_cast<bool>(error));
  }
  parts_.room.listener().tell();
}

std::error_code Writer::refusal() const {
  const base::MutexLock lock(mutex_);
  return refusal_;
}

void Writer::refuse(std::error_code error) {
  {
    const base::MutexLock lock(mutex_);
    order_ = error;
    parts_.room.set_refuses(true);
  }
  queue_.wake();
}

void Writer::obey() {
  std::error_code order;
  {
    const base::MutexLock lock(mutex_);
    std::swap(order, order_);
  }
  if (order) leave_segment(order);
}

/// While the disk refuses: begins a new segment, once in a while.
void Writer::try_again() {
  if (!refusal() || std::chrono::steady_clock::now() < retry_at_) return;
  std::error_code error;
  if (!unused_) {
    PreparedSegment prepared;
    error = parts_.supply.take(prepared, false);
    if (!error) unused_ = std::move(prepared);
  }
  if (unused_) error = begin_segment(true);
  retry_at_ = std::chrono::steady_clock::now() + parts_.retry_interval;
  if (!error) unused_.reset();
  if (error != std::errc::operation_in_progress) set_refusal(error);
  upkeep_->wake();
}

std::uint64_t Writer::commits() const noexcept {
  // relaxed: a figure for people.
  return commits_.load(std::memory_order_relaxed);
}

base::Durations Writer::commit_durations() const noexcept {
  base::Durations durations;
  commit_durations_.add_to(durations);
  return durations;
}

std::uint64_t Writer::remembered_ids() const noexcept {
  // relaxed: a figure for people.
  return remembered_ids_.load(std::memory_order_relaxed);
}

}  // namespace sluice::journal
