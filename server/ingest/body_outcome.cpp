#include "ingest/body_outcome.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace sluice::ingest {
namespace {

std::string message_of(const Fault& fault, std::optional<std::size_t> offset) {
  std::string message{fault.message};
  if (offset) message += " (at byte " + std::to_string(*offset) + ")";
  return message;
}

std::string_view explanation(int status) {
  switch (status) {
    case 202: return "";
    case 400: return kBadGzip.message;
    case 413: return kTooLarge.message;
    case 503: return "events cannot be stored at present; what was counted as accepted is";
    default: return "no event of the body was accepted";
  }
}

}  // namespace

void MatchedEvents::add(bool is_matched) {
  if (size_ % 64 == 0) words_.push_back(0);
  if (is_matched) words_.back() |= std::uint64_t{1} << size_ % 64;
  ++size_;
  matched_ += is_matched ? 1 : 0;
}

void MatchedEvents::clear() noexcept {
  words_.clear();
  size_ = 0;
  matched_ = 0;
}

void BodyOutcome::reject(std::uint64_t index, std::uint64_t line, const Fault& fault,
                         std::optional<std::size_t> offset, std::uint64_t count) {
  const base::MutexLock lock(mutex_);
  result_.rejected += count;
  if (fault == kTooLarge) too_large_ += count;
  has_bad_gzip_ |= fault == kBadGzip;
  for (; count != 0 && result_.errors.size() != IngestResult::kMaxErrors; --count)
    result_.errors.push_back({index++, line, fault.type, message_of(fault, offset)});
}

void BodyOutcome::expect() {
  const base::MutexLock lock(mutex_);
  ++expected_;
}

void BodyOutcome::settle(const journal::AppendResult& result, const MatchedEvents& events) {
  {
    const base::MutexLock lock(mutex_);
    --expected_;
    if (result.error) {
      has_failed_ = true;
    } else {
      if (result.first != 0) {
        const std::uint64_t last = result.first + events.size() - 1;
        result_.first_event =
            result_.first_event == 0 ? result.first : std::min(result_.first_event, result.first);
        result_.last_event = std::max(result_.last_event, last);
      }
      result_.accepted += events.size() - result.duplicates.size();
      result_.duplicates += result.duplicates.size();
      result_.matched += events.matched();
      for (const std::uint32_t duplicate : result.duplicates)
        result_.matched -= events[duplicate] ? 1 : 0;
    }
    if (!is_ready()) return;
  }
  deliver();
}

void BodyOutcome::fail() {
  const base::MutexLock lock(mutex_);
  has_failed_ = true;
}

bool BodyOutcome::has_failed() const {
  const base::MutexLock lock(mutex_);
  return has_failed_;
}

void BodyOutcome::close() {
  {
    const base::MutexLock lock(mutex_);
    is_closed_ = true;
    if (!is_ready()) return;
  }
  deliver();
}

void BodyOutcome::abandon() {
  std::shared_ptr<const IngestCallbacks> ended;
  const base::MutexLock lock(mutex_);
  ended.swap(callbacks_);
}

void BodyOutcome::resume() {
  std::shared_ptr<const IngestCallbacks> callbacks;
  {
    const base::MutexLock lock(mutex_);
    callbacks = callbacks_;
    if (callbacks == nullptr) return;
    is_resuming_ = true;
  }
  callbacks->resume();
  {
    const base::MutexLock lock(mutex_);
    is_resuming_ = false;
    if (!is_ready()) return;
  }
  deliver();
}

bool BodyOutcome::is_ready() const {
  return is_closed_ && expected_ == 0 && !is_resuming_ && callbacks_ != nullptr;
}

void BodyOutcome::deliver() {
  std::shared_ptr<const IngestCallbacks> callbacks;
  IngestResult result;
  {
    const base::MutexLock lock(mutex_);
    if (!is_ready()) return;
    callbacks.swap(callbacks_);
    result_.status = status();
    result_.message = explanation(result_.status);
    if (result_.status == 422 && result_.rejected == 0) result_.message = kNoEvents.message;
    if (result_.status == 503) result_.retry_after = retry_after_;
    result = std::move(result_);
  }
  callbacks->done(std::move(result));
}

int BodyOutcome::status() const {
  if (has_failed_) return 503;
  if (result_.accepted + result_.duplicates != 0) return 202;
  if (has_bad_gzip_) return 400;
  return result_.rejected != 0 && result_.rejected == too_large_ ? 413 : 422;
}

}  // namespace sluice::ingest
