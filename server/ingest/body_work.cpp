#include "ingest/body_work.hpp"

#include <algorithm>
#include <utility>

#include "ingest/workshop.hpp"

namespace sluice::ingest {
namespace {

// Steps of a small body that its own thread takes: enough unless it unfolds to something large.
constexpr int kInlineSteps = 4;

}  // namespace

BodyWork::BodyWork(Workshop& workshop, std::uint32_t organisation, BodyFormat format,
                   BodyCoding coding, std::optional<BinaryCloudEvent> binary,
                   std::optional<std::uint64_t> content_length, IngestCallbacks callbacks)
    : workshop_(workshop),
      content_length_(content_length),
      outcome_(std::make_shared<BodyOutcome>(std::move(callbacks), workshop.options().retry_after)),
      text_(format, coding, std::move(binary), workshop.options().limits.event_bytes,
            workshop.pool()) {
  place_.organisation = organisation;
  place_.needs_cloud_events = is_cloud_event(format);
  place_.json = text_.json();
}

BodyWork::~BodyWork() {
  if (is_large_) workshop_.forget(*this);
  if (filling_) workshop_.pool().give_back(*std::exchange(filling_, std::nullopt));
}

std::span<char> BodyWork::room() noexcept {
  return is_large_ && filling_ ? filling_->free_part() : std::span<char>{};
}

bool BodyWork::receive(std::string_view bytes) {
  // Who sends little of what was told gets no large chunk for it.
  const bool is_large = is_told_large() && bytes.size() >= workshop_.options().inline_bytes / 4;
  if (!is_large_ && !is_large && fill_small(bytes)) return true;
  if (is_over()) return true;
  fill_large(bytes);
  return !has_to_pause();
}

bool BodyWork::is_told_large() const noexcept {
  return content_length_ && *content_length_ > workshop_.options().inline_bytes;
}

/// False: the body is not small.
bool BodyWork::fill_small(std::string_view bytes) {
  const std::size_t most = workshop_.options().inline_bytes;
  const std::size_t size = filling_ ? filling_->size() : 0;
  if (bytes.size() > most - size) return false;
  if (!filling_ || filling_->room() < bytes.size()) {
    const std::size_t told = content_length_ && *content_length_ <= most
                                 ? static_cast<std::size_t>(*content_length_)
                                 : 0;
    const std::size_t wanted = std::max(size + bytes.size(), std::max(told, 2 * size));
    Chunk larger{0, std::min(wanted, most)};
    if (filling_) larger.take(filling_->text());
    filling_ = std::move(larger);
  }
  filling_->take(bytes);
  return true;
}

void BodyWork::fill_large(std::string_view bytes) {
  if (!is_large_) {
    Chunk first = workshop_.pool().take();
    if (filling_) first.take(filling_->text());
    filling_ = std::move(first);
    is_large_ = true;
  }
  while (!bytes.empty()) {
    bytes.remove_prefix(filling_->take(bytes));
    if (filling_->room() != 0) break;
    push(false);
    filling_ = workshop_.pool().take();
  }
  if (filling_->size() < workshop_.options().inline_bytes) return;
  {
    // A worker that has nothing to do takes less than a full chunk.
    const base::MutexLock lock(mutex_);
    if (is_scheduled_) return;
  }
  push(false);
  filling_ = workshop_.pool().take();
}

void BodyWork::push(bool is_last) {
  bool is_idle = false;
  {
    const base::MutexLock lock(mutex_);
    queue_.reserve(queue_.size() + 1);
    workshop_.add_chunk();
    queue_.push_back({*std::exchange(filling_, std::nullopt), is_last});
    is_idle = !std::exchange(is_scheduled_, true);
  }
  if (is_idle) workshop_.start(shared_from_this());
}

bool BodyWork::has_to_pause() {
  bool is_full = false;
  {
    // Before anybody is asked to resume this: resume() may come at once.
    const base::MutexLock lock(mutex_);
    is_paused_ = true;
    is_full = queue_.size() >= workshop_.options().chunks_per_body;
  }
  if (is_full || workshop_.resume_later(*this)) return true;
  const base::MutexLock lock(mutex_);
  is_paused_ = false;
  return false;
}

void BodyWork::finish() {
  if (is_large_) return push(true);
  if (!filling_) filling_ = Chunk{0, 0};
  {
    const base::MutexLock lock(mutex_);
    queue_.push_back({*std::exchange(filling_, std::nullopt), true});
    is_scheduled_ = true;
  }
  for (int i = 0; i != kInlineSteps; ++i) {
    if (step() != Next::step) return;
  }
  workshop_.start(shared_from_this());
}

void BodyWork::abandon() {
  outcome_->abandon();
  bool is_scheduled = false;
  {
    const base::MutexLock lock(mutex_);
    is_over_ = true;
    is_scheduled = is_scheduled_;
  }
  if (is_scheduled) return workshop_.wake_waiting();  // the next step ends it
  drop_queue();
}

void BodyWork::resume() {
  {
    const base::MutexLock lock(mutex_);
    if (!std::exchange(is_paused_, false)) return;
  }
  outcome_->resume();
}

bool BodyWork::is_over() {
  const base::MutexLock lock(mutex_);
  return is_over_;
}

BodyWork::Next BodyWork::step() noexcept {
  try {
    if (is_over() || outcome_->has_failed()) return end();
    if (!has_to_wait()) return work();
    if (!workshop_.sink().refusal()) return Next::room;
    outcome_->fail();
  } catch (...) {  // out of memory: what was appended stays, the rest is refused
    outcome_->fail();
  }
  return end();
}

/// A small body was let in by EventIntake::begin(), and waits only where it owes very much.
bool BodyWork::has_to_wait() const {
  return (is_large_ || !lines_.empty()) && !workshop_.sink().has_room();
}

BodyWork::Next BodyWork::work() {
  for (int pieces = 0; lines_.empty();) {
    switch (text_.next(lines_)) {
      case BodyText::Found::lines: break;
      case BodyText::Found::too_long:
        place_.reject_gaps(*outcome_, place_.line);
        place_.reject(place_.line++, kTooLarge, *outcome_);
        break;
      case BodyText::Found::more:
        if (++pieces > 1) return Next::step;
        break;
      case BodyText::Found::starved:
        if (!take_input()) return Next::input;
        break;
      case BodyText::Found::end: finish_items(); return end();
    }
  }
  lines_ = workshop_.batcher().process(lines_, place_, outcome_);
  if (place_.json != nullptr && place_.json->is_array())
    place_.json->forget_before(place_.line - 1);
  return Next::step;
}

/// False: there is none, and whoever brings some starts the body again.
bool BodyWork::take_input() {
  if (std::exchange(has_chunk_, false)) workshop_.remove_chunk();
  bool can_resume = false;
  {
    const base::MutexLock lock(mutex_);
    if (queue_.empty()) {
      is_scheduled_ = false;
      return false;
    }
    Input& next = queue_.front();
    text_.put(std::move(next.chunk), next.is_last);
    queue_.erase(queue_.begin());
    can_resume = is_paused_ && queue_.size() <= workshop_.options().chunks_per_body / 2;
  }
  has_chunk_ = is_large_;
  if (can_resume && !workshop_.resume_later(*this)) resume();
  return true;
}

void BodyWork::finish_items() {
  place_.reject_gaps(*outcome_);
  if (text_.fault() != nullptr) place_.reject(place_.line, *text_.fault(), *outcome_);
}

BodyWork::Next BodyWork::end() noexcept {
  {
    const base::MutexLock lock(mutex_);
    is_over_ = true;
  }
  if (std::exchange(has_chunk_, false)) workshop_.remove_chunk();
  drop_queue();
  outcome_->close();
  return Next::nothing;
}

void BodyWork::drop_queue() noexcept {
  std::vector<Input> dropped;
  {
    const base::MutexLock lock(mutex_);
    dropped.swap(queue_);
  }
  for (Input& input : dropped) {
    workshop_.pool().give_back(std::move(input.chunk));
    if (is_large_) workshop_.remove_chunk();
  }
}

}  // namespace sluice::ingest
