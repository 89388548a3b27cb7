#include "journal/cursor.hpp"

#include <algorithm>
#include <utility>

#include "journal/cursor_state.hpp"

namespace sluice::journal {

Cursor::Cursor(std::unique_ptr<State> state) noexcept : state_(std::move(state)) {}
Cursor::Cursor(Cursor&&) noexcept = default;
Cursor& Cursor::operator=(Cursor&&) noexcept = default;
Cursor::~Cursor() = default;

ReadOutcome Cursor::next(RecordView& record) { return state_->next(record); }
Sequence Cursor::position() const noexcept { return state_->position(); }
const std::string& Cursor::error() const noexcept { return state_->error(); }
std::uint64_t Cursor::skip_segment() { return state_->skip_segment(); }

ReadOutcome Cursor::State::next(RecordView& record) {
  record = {};
  error_.clear();
  for (;;) {
    if (!segment_) {
      auto segment = segments_.at(position_);
      if (!segment) return ReadOutcome::end;
      if (const auto outcome = enter(std::move(segment))) return *outcome;
    }
    if (const auto outcome = read(record)) return *outcome;
    auto following = segments_.after(segment_->number());
    if (!following) return ReadOutcome::end;
    // Nothing is added to a segment that another one follows; but before, something may have been.
    if (segment_->end().offset > reader_->offset()) continue;
    if (const auto outcome = enter(std::move(following))) return *outcome;
  }
}

/// Goes to position_ in `segment`, which holds it or lies behind it.
std::optional<ReadOutcome> Cursor::State::enter(SegmentList::Pointer segment) {
  segment_.reset();
  reader_.reset();
  const Sequence begin = segment->is_lost() ? segment->end().next : segment->first();
  if (begin > position_) {
    position_ = begin;
    return ReadOutcome::dropped;
  }
  std::error_code error;
  auto file = segment->open(error);
  if (error == std::errc::no_such_file_or_directory && segments_.at(position_) != segment)
    return std::nullopt;  // it was dropped a moment ago: look again
  segment_ = std::move(segment);
  if (error) return fail("cannot be opened: " + error.message());
  reader_.emplace(std::move(file), segment_->crc());
  reader_->seek(segment_->place_before(position_).offset);
  return std::nullopt;
}

/// Nothing: the segment holds no more for now.
std::optional<ReadOutcome> Cursor::State::read(RecordView& record) {
  if (!reader_) return fail("cannot be opened");
  for (;;) {
    const WalkOutcome outcome = walk();
    if (outcome == WalkOutcome::end) return std::nullopt;
    if (outcome != WalkOutcome::record && outcome != WalkOutcome::skipped)
      return fail("is damaged: what lies at byte " + std::to_string(reader_->offset()) + " " +
                  reader_->problem());
    const bool is_skipped = outcome == WalkOutcome::skipped;
    auto view = is_skipped ? RecordView::of_head(reader_->header())
                           : RecordView::parse(reader_->record());
    if (!view) return fail("is damaged at byte " + std::to_string(reader_->record_offset()));
    view->drop_before(position_);
    if (view->is_empty()) continue;
    position_ = view->first() + view->size();
    record = *view;
    return is_skipped ? ReadOutcome::skipped : ReadOutcome::record;
  }
}

WalkOutcome Cursor::State::walk() {
  const std::uint64_t limit = segment_->end().offset;
  return wanted_ == Wanted::owed ? reader_->next_owed(limit) : reader_->next(limit);
}

ReadOutcome Cursor::State::fail(const std::string& what) {
  error_ = segment_->path().string() + " " + what;
  segment_.reset();  // the next next() tries again
  reader_.reset();
  return ReadOutcome::failed;
}

std::uint64_t Cursor::State::skip_segment() {
  const auto segment = segments_.at(position_);
  const Sequence before = position_;
  if (segment) position_ = std::max(position_, segment->end().next);
  segment_.reset();
  reader_.reset();
  return position_ - before;
}

}  // namespace sluice::journal
