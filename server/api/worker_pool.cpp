#include "api/worker_pool.hpp"

#include <utility>

namespace sluice::api {

WorkerPool::WorkerPool(std::size_t threads, std::size_t queue_limit) : queue_limit_(queue_limit) {
  for (std::size_t i = 0; i < threads; ++i) threads_.emplace_back([this] { work(); });
}

WorkerPool::~WorkerPool() { stop(); }

void WorkerPool::stop() {
  std::deque<std::function<void()>> dropped;
  {
    const base::MutexLock lock(mutex_);
    is_stopping_ = true;
    dropped.swap(queue_);
  }
  wake_.notify_all();
  dropped.clear();
  threads_.clear();  // which joins
}

bool WorkerPool::submit(std::function<void()> task) {
  {
    const base::MutexLock lock(mutex_);
    if (queue_.size() >= queue_limit_ || is_stopping_) return false;
    queue_.push_back(std::move(task));
  }
  wake_.notify_one();
  return true;
}

void WorkerPool::work() {
  for (;;) {
    std::function<void()> task;
    {
      const base::MutexLock lock(mutex_);
      while (queue_.empty() && !is_stopping_) wake_.wait(mutex_);
      if (queue_.empty()) return;
      task = std::move(queue_.front());
      queue_.pop_front();
    }
    task();
  }
}

}  // namespace sluice::api
