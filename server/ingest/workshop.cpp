#include "ingest/workshop.hpp"

#include <algorithm>
#include <new>
#include <thread>
#include <utility>

namespace sluice::ingest {
namespace {

unsigned thread_count(unsigned wanted) {
  return wanted != 0 ? wanted : std::max(1U, std::thread::hardware_concurrency());
}

IntakeOptions checked(IntakeOptions options) {
  options.threads = thread_count(options.threads);
  options.inline_bytes = std::min(options.inline_bytes, options.chunk_bytes);
  return options;
}

}  // namespace

Workshop::Workshop(const Matcher& matcher, EventSink& sink, const base::Clock& clock,
                   const IntakeOptions& options)
    : sink_(sink),
      options_(checked(options)),
      pool_(BodyText::max_line_bytes(options_.limits.event_bytes), options_.chunk_bytes,
            options_.chunks),
      batchers_([&matcher, &sink, &clock, this] {
        return std::make_unique<EventBatcher>(matcher, sink, clock, options_);
      }),
      room_watch_(sink, clock, options_.patience,
                  [this](std::shared_ptr<BodyWork> work, RoomWatch::Outcome outcome) {
                    if (outcome == RoomWatch::Outcome::gave_up) work->give_up();
                    start_again(std::move(work));
                  }) {
  try {
    for (unsigned i = 0; i != options_.threads; ++i) threads_.emplace_back([this] { run(); });
  } catch (...) {
    stop();
    throw;
  }
}

Workshop::~Workshop() {
  room_watch_.stop();
  {
    const base::MutexLock lock(mutex_);
    while (started_ != 0) idle_.wait(mutex_);
  }
  stop();
}

void Workshop::stop() {
  {
    const base::MutexLock lock(mutex_);
    is_stopping_ = true;
    is_ready_.notify_all();
  }
  for (std::thread& thread : threads_) thread.join();
}

void Workshop::start(std::shared_ptr<BodyWork> work) noexcept {
  const base::MutexLock lock(mutex_);
  ++started_;
  ready_.push(std::move(work));
  is_ready_.notify_one();
}

/// Under the lock, which whoever finishes the last body needs: the workshop outlives this call.
void Workshop::start_again(std::shared_ptr<BodyWork> work) noexcept {
  const base::MutexLock lock(mutex_);
  ready_.push(std::move(work));
  is_ready_.notify_one();
}

void Workshop::run() noexcept {
  while (auto work = next()) do_step(std::move(work));
}

/// The body that is first in line. Null: it is time to stop.
std::shared_ptr<BodyWork> Workshop::next() {
  const base::MutexLock lock(mutex_);
  while (ready_.is_empty() && !is_stopping_) is_ready_.wait(mutex_);
  return ready_.is_empty() ? nullptr : ready_.pop();
}

/// One step, after which the body is last in line.
void Workshop::do_step(std::shared_ptr<BodyWork> work) noexcept {
  switch (work->step()) {
    case BodyWork::Next::step: break;
    case BodyWork::Next::room:
      try {
        return room_watch_.wait(std::move(work));
      } catch (const std::bad_alloc&) {
        work->give_up();
      }
      break;
    case BodyWork::Next::input:
    case BodyWork::Next::nothing: return finish(std::move(work));
  }
  // Nobody needs to be woken: this thread comes for the next one itself.
  const base::MutexLock lock(mutex_);
  ready_.push(std::move(work));
}

/// The body ends here, if nobody else holds it: before the workshop may.
void Workshop::finish(std::shared_ptr<BodyWork> work) {
  work.reset();
  const base::MutexLock lock(mutex_);
  if (--started_ == 0) idle_.notify_all();
}

void Workshop::add_chunk() {
  const base::MutexLock lock(mutex_);
  ++chunks_;
}

void Workshop::remove_chunk() {
  {
    const base::MutexLock lock(mutex_);
    --chunks_;
  }
  for (std::size_t resumed = 0;;) {
    std::shared_ptr<BodyWork> work;
    {
      const base::MutexLock lock(mutex_);
      if (paused_.empty() || chunks_ + resumed >= options_.chunks) return;
      work = paused_.front()->weak_from_this().lock();
      paused_.pop_front();
    }
    if (!work) continue;
    ++resumed;
    work->resume();
  }
}

bool Workshop::resume_later(BodyWork& work) {
  const base::MutexLock lock(mutex_);
  if (chunks_ < options_.chunks) return false;
  if (std::find(paused_.begin(), paused_.end(), &work) == paused_.end()) paused_.push_back(&work);
  return true;
}

void Workshop::forget(BodyWork& work) {
  const base::MutexLock lock(mutex_);
  std::erase(paused_, &work);
}

}  // namespace sluice::ingest
