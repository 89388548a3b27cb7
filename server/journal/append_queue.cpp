#include "journal/append_queue.hpp"

#include <utility>

namespace sluice::journal {

void AppendQueue::push(PendingAppend pending) {
  const base::MutexLock lock(mutex_);
  waiting_.push_back(std::move(pending));
  if (waiting_.size() == 1) changed_.notify_one();
}

bool AppendQueue::take(std::vector<PendingAppend>& taken,
                       const std::chrono::steady_clock::time_point* deadline) {
  const base::MutexLock lock(mutex_);
  while (waiting_.empty() && !is_woken_) {
    if (is_closed_) return false;
    if (deadline == nullptr) {
      changed_.wait(mutex_);
    } else if (!changed_.wait_until(mutex_, *deadline)) {
      break;
    }
  }
  is_woken_ = false;
  taken.swap(waiting_);
  return true;
}

void AppendQueue::wake() {
  const base::MutexLock lock(mutex_);
  is_woken_ = true;
  changed_.notify_one();
}

void AppendQueue::close() {
  const base::MutexLock lock(mutex_);
  is_closed_ = true;
  changed_.notify_one();
}

}  // namespace sluice::journal
