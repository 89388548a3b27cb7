// Batches that wait for the writer.
#pragma once

#include <chrono>
#include <cstddef>
#include <vector>

#include "base/mutex.hpp"
#include "journal/batch.hpp"
#include "journal/journal.hpp"

namespace sluice::journal {

struct PendingAppend {
  Batch batch;
  AppendCallback callback;
};

/// Thread safety: every member, from any thread; one thread takes.
class AppendQueue {
 public:
  /// Errors: std::bad_alloc, and then nothing is queued.
  void push(PendingAppend pending);

  /// Swaps all that waits into `taken`, which is empty; waits until there is something. It also
  /// returns, with nothing taken, at the deadline and after a wake(). False: nothing waits, and the
  /// queue is closed.
  bool take(std::vector<PendingAppend>& taken,
            const std::chrono::steady_clock::time_point* deadline);

  /// Ends the wait.
  void wake();
  /// Nothing is pushed any more.
  void close();

 private:
  base::Mutex mutex_;
  base::Condition changed_;
  std::vector<PendingAppend> waiting_ SLUICE_GUARDED_BY(mutex_);
  bool is_woken_ SLUICE_GUARDED_BY(mutex_) = false;
  bool is_closed_ SLUICE_GUARDED_BY(mutex_) = false;
};

}  // namespace sluice::journal
