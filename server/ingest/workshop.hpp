// What all bodies share: threads, what each of them keeps warm, chunks and their number, and the wait
// for room in the sink.
//
// The threads sleep on a condition and not in a oneTBB arena: steps come one by one and take a tenth of
// a millisecond, and between two of them oneTBB's threads look for work by yielding the processor, at
// half load ten thousand times a second each, which takes it from those who answer requests.
#pragma once

#include <oneapi/tbb/enumerable_thread_specific.h>

#include <cstddef>
#include <deque>
#include <memory>
#include <thread>
#include <vector>

#include "base/clock.hpp"
#include "base/mutex.hpp"
#include "ingest/body_work.hpp"
#include "ingest/chunk.hpp"
#include "ingest/event_batcher.hpp"
#include "ingest/event_sink.hpp"
#include "ingest/intake_options.hpp"
#include "ingest/ready_queue.hpp"
#include "ingest/room_watch.hpp"

namespace sluice::ingest {

/// Thread safety: every member, from any thread.
class Workshop {
 public:
  Workshop(const Matcher& matcher, EventSink& sink, const base::Clock& clock,
           const IntakeOptions& options);
  /// Waits until nothing is under way.
  ~Workshop();
  Workshop(const Workshop&) = delete;
  Workshop& operator=(const Workshop&) = delete;

  const IntakeOptions& options() const noexcept { return options_; }
  EventSink& sink() noexcept { return sink_; }
  ChunkPool& pool() noexcept { return pool_; }
  /// The calling thread's.
  EventBatcher& batcher() { return *batchers_.local(); }

  /// Has `work` done on a thread of the workshop, a step at a time, other bodies' steps in between.
  void start(std::shared_ptr<BodyWork> work) noexcept;

  /// Chunks that wait or are worked on are counted.
  void add_chunk();
  void remove_chunk();
  /// True: there are too many chunks, and `work` is resumed when there are fewer.
  bool resume_later(BodyWork& work);
  /// `work` does not need to be resumed any more.
  void forget(BodyWork& work);
  /// `work` was abandoned, and may be waiting for room.
  void wake_waiting() { room_watch_.look(); }

 private:
  void start_again(std::shared_ptr<BodyWork> work) noexcept;
  void run() noexcept;
  std::shared_ptr<BodyWork> next();
  void do_step(std::shared_ptr<BodyWork> work) noexcept;
  void finish(std::shared_ptr<BodyWork> work);
  void stop();

  EventSink& sink_;
  const IntakeOptions options_;
  ChunkPool pool_;
  oneapi::tbb::enumerable_thread_specific<std::unique_ptr<EventBatcher>> batchers_;
  base::Mutex mutex_;
  base::Condition idle_;
  base::Condition is_ready_;
  std::size_t started_ SLUICE_GUARDED_BY(mutex_) = 0;  // bodies that are worked on
  ReadyQueue ready_ SLUICE_GUARDED_BY(mutex_);         // those of them whose next step is due
  bool is_stopping_ SLUICE_GUARDED_BY(mutex_) = false;
  std::size_t chunks_ SLUICE_GUARDED_BY(mutex_) = 0;
  std::deque<BodyWork*> paused_ SLUICE_GUARDED_BY(mutex_);
  RoomWatch room_watch_;
  std::vector<std::thread> threads_;  // last: they use what is above
};

}  // namespace sluice::ingest
