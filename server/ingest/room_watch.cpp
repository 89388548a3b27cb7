#include "ingest/room_watch.hpp"

#include <utility>

#include "ingest/body_work.hpp"

namespace sluice::ingest {

RoomWatch::RoomWatch(EventSink& sink, const base::Clock& clock, std::chrono::seconds patience,
                     Wake wake)
    : sink_(sink), clock_(clock), patience_(patience), wake_(std::move(wake)), thread_([this] {
        run();
      }) {
  sink_.set_room_listener([this] { look(); });
}

RoomWatch::~RoomWatch() {
  sink_.set_room_listener(nullptr);
  stop();
}

void RoomWatch::wait(std::shared_ptr<BodyWork>&& work) {
  Bodies arriving(1);
  {
    const base::MutexLock lock(mutex_);
    if (!is_stopping_) {
      arriving.front() = {std::move(work), clock_.steady_now()};
      waiting_.splice(waiting_.end(), arriving);
      is_due_ = true;  // there may have been room since it was asked for
      changed_.notify_one();
      return;
    }
  }
  wake_(std::move(work), Outcome::gave_up);
}

void RoomWatch::look() {
  const base::MutexLock lock(mutex_);
  if (waiting_.empty()) return;
  is_due_ = true;
  changed_.notify_one();
}

void RoomWatch::stop() {
  {
    const base::MutexLock lock(mutex_);
    is_stopping_ = true;
    changed_.notify_one();
  }
  if (thread_.joinable()) thread_.join();
  Bodies waiting;
  {
    const base::MutexLock lock(mutex_);
    waiting.swap(waiting_);
  }
  for (Waiting& each : waiting) wake_(std::move(each.work), Outcome::gave_up);
}

void RoomWatch::run() {
  while (sleep()) {
    Bodies ready;
    Outcome outcome{};
    // Once one has found no room, none behind it gets what comes then: it would be let in before it.
    bool is_open = true;
    const auto asked = [&] { return is_open = is_open && (sink_.has_room() || sink_.refusal()); };
    while (look_at_next(asked(), ready, outcome)) {
      if (ready.empty()) continue;
      wake_(std::move(ready.front().work), outcome);
      ready.clear();
    }
  }
}

/// Until it is time for a pass, which begins then. False: it is time to stop.
bool RoomWatch::sleep() {
  const base::MutexLock lock(mutex_);
  while (!is_due_ && !is_stopping_) {
    if (waiting_.empty()) {
      changed_.wait(mutex_);
      continue;
    }
    const auto left = waiting_.front().since + patience_ - clock_.steady_now();
    if (!changed_.wait_until(mutex_, std::chrono::steady_clock::now() + left)) break;
  }
  is_due_ = false;
  next_ = waiting_.begin();
  left_ = waiting_.size();
  return !is_stopping_;
}

/// Takes the pass's next body into `ready` if it need not wait any more, and says why. False: the
/// pass is over. Complexity: O(1).
bool RoomWatch::look_at_next(bool is_open, Bodies& ready, Outcome& outcome) {
  const base::MutexLock lock(mutex_);
  if (left_ == 0 || is_stopping_) return false;
  --left_;
  const auto body = next_++;
  const bool is_over = body->work->is_over();
  const bool is_too_late = clock_.steady_now() - body->since >= patience_;
  if (!is_open && !is_over && !is_too_late) return true;
  outcome = is_open || is_over ? Outcome::room : Outcome::gave_up;
  ready.splice(ready.end(), waiting_, body);
  return true;
}

}  // namespace sluice::ingest
