// The threads that do what may block (SQLite, the journal's disk), so that I/O threads never do.
#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <thread>
#include <vector>

#include "base/mutex.hpp"

namespace sluice::api {

/// Thread safety: every member, from any thread.
class WorkerPool {
 public:
  WorkerPool(std::size_t threads, std::size_t queue_limit);
  ~WorkerPool();  // as stop()
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  /// False: too much is waiting already, and `task` will not run. A task must not throw.
  [[nodiscard]] bool submit(std::function<void()> task);

  /// Waits for the tasks that run; those that wait are dropped, and no more are taken. One thread at
  /// a time.
  void stop();

 private:
  void work();

  const std::size_t queue_limit_;
  base::Mutex mutex_;
  base::Condition wake_;
  std::deque<std::function<void()>> queue_ SLUICE_GUARDED_BY(mutex_);
  bool is_stopping_ SLUICE_GUARDED_BY(mutex_) = false;
  std::vector<std::jthread> threads_;  // last: they use what is above
};

}  // namespace sluice::api
