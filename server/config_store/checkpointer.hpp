// Moves what SQLite's write-ahead log holds into the database file, on a thread of its own: a writer
// that did so itself would now and then take 90 ms for a change that takes 1 (measured with a blob a
// commit).
#pragma once

#include <functional>
#include <string>
#include <thread>

#include "base/mutex.hpp"

namespace sluice::store {

class Database;

/// Thread safety: every member, from any thread.
class Checkpointer {
 public:
  /// `while_nobody_writes` calls what it is given while no writer of this process is at work.
  Checkpointer(const std::string& path,
               std::function<void(const std::function<void()>&)> while_nobody_writes);
  ~Checkpointer();  // ends the thread
  Checkpointer(const Checkpointer&) = delete;
  Checkpointer& operator=(const Checkpointer&) = delete;

  /// Told after each commit how long the log is; works once it is long enough.
  void log_has(int pages);

 private:
  void run(const std::string& path);
  void checkpoint(Database& database, int pages);

  const std::function<void(const std::function<void()>&)> while_nobody_writes_;
  base::Mutex mutex_;
  base::Condition is_due_;
  int pages_ SLUICE_GUARDED_BY(mutex_) = 0;
  bool is_stopping_ SLUICE_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace sluice::store
