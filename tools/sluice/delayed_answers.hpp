// Answers that are held back for a while, all for the same while.
#pragma once

#include <chrono>
#include <deque>
#include <thread>

#include "base/mutex.hpp"
#include "http/reply.hpp"

namespace sluice::tool {

/// Thread safety: every member, from any thread.
class DelayedAnswers {
 public:
  explicit DelayedAnswers(std::chrono::milliseconds delay);
  /// Gives what is held back at once.
  ~DelayedAnswers();
  DelayedAnswers(const DelayedAnswers&) = delete;
  DelayedAnswers& operator=(const DelayedAnswers&) = delete;

  void send(http::Reply reply, http::Response response);

 private:
  struct Held {
    std::chrono::steady_clock::time_point due;
    http::Reply reply;
    http::Response response;
  };

  void run();

  const std::chrono::milliseconds delay_;
  base::Mutex mutex_;
  base::Condition wake_;
  std::deque<Held> held_ SLUICE_GUARDED_BY(mutex_);
  bool is_stopping_ SLUICE_GUARDED_BY(mutex_) = false;
  std::jthread thread_;  // last: it uses what is above
};

}  // namespace sluice::tool
