#include "app/periodic.hpp"

#include <utility>

namespace sluice::app {

Periodic::Periodic(std::chrono::milliseconds interval, std::function<void()> task)
    : interval_(interval), task_(std::move(task)), thread_([this] { run(); }) {}

Periodic::~Periodic() {
  {
    const base::MutexLock lock(mutex_);
    is_stopping_ = true;
  }
  wake_.notify_all();
}

void Periodic::run() {
  for (;;) {
    {
      const base::MutexLock lock(mutex_);
      const auto due = std::chrono::steady_clock::now() + interval_;
      while (!is_stopping_ && wake_.wait_until(mutex_, due)) continue;
      if (is_stopping_) return;
    }
    task_();
  }
}

}  // namespace sluice::app
