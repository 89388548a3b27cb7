// Bodies that wait until the sink has room. The sink tells when there may be some; a thread of its own
// looks then, since whoever tells must not wait. It takes the lock for one body at a time: those who
// bring the next one wait for no more than that, however many there are.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <thread>

#include "base/clock.hpp"
#include "base/mutex.hpp"
#include "ingest/event_sink.hpp"

namespace sluice::ingest {

class BodyWork;

/// Thread safety: every member, from any thread.
class RoomWatch {
 public:
  enum class Outcome : std::uint8_t { room, gave_up };
  using Wake = std::function<void(std::shared_ptr<BodyWork>, Outcome)>;

  /// `wake` is called on the watch's thread: for each body once the sink has room or refuses
  /// everything, or when `patience` is over. Lifetime: `sink` and `clock` outlive it.
  RoomWatch(EventSink& sink, const base::Clock& clock, std::chrono::seconds patience, Wake wake);
  ~RoomWatch();
  RoomWatch(const RoomWatch&) = delete;
  RoomWatch& operator=(const RoomWatch&) = delete;

  /// Errors: std::bad_alloc, and then `work` is what it was.
  void wait(std::shared_ptr<BodyWork>&& work);

  /// The sink, or a body that waits, is not as it was.
  void look();

  /// Gives up all that wait, and whatever will: `wake` is called by wait() from now on.
  void stop();

 private:
  struct Waiting {
    std::shared_ptr<BodyWork> work;
    std::chrono::steady_clock::time_point since;
  };

  using Bodies = std::list<Waiting>;

  void run();
  bool sleep();
  bool look_at_next(bool is_open, Bodies& ready, Outcome& outcome);

  EventSink& sink_;
  const base::Clock& clock_;
  const std::chrono::seconds patience_;
  const Wake wake_;
  base::Mutex mutex_;
  base::Condition changed_;
  Bodies waiting_ SLUICE_GUARDED_BY(mutex_);  // the oldest first
  // A pass looks at those that wait when it begins; only it takes bodies away.
  Bodies::iterator next_ SLUICE_GUARDED_BY(mutex_);
  std::size_t left_ SLUICE_GUARDED_BY(mutex_) = 0;  // for this pass, next_ the first of them
  bool is_due_ SLUICE_GUARDED_BY(mutex_) = false;   // the next pass
  bool is_stopping_ SLUICE_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace sluice::ingest
