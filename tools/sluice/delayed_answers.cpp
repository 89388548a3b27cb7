#include "delayed_answers.hpp"

#include <utility>

namespace sluice::tool {

DelayedAnswers::DelayedAnswers(std::chrono::milliseconds delay)
    : delay_(delay), thread_([this] { run(); }) {}

DelayedAnswers::~DelayedAnswers() {
  {
    const base::MutexLock lock(mutex_);
    is_stopping_ = true;
  }
  wake_.notify_all();
}

void DelayedAnswers::send(http::Reply reply, http::Response response) {
  if (delay_.count() == 0) return reply.send(std::move(response));
  const base::MutexLock lock(mutex_);
  held_.push_back(
      {std::chrono::steady_clock::now() + delay_, std::move(reply), std::move(response)});
  wake_.notify_one();
}

void DelayedAnswers::run() {
  for (;;) {
    Held next;
    {
      const base::MutexLock lock(mutex_);
      while (held_.empty() && !is_stopping_) wake_.wait(mutex_);
      if (held_.empty()) return;
      const auto due = held_.front().due;
      while (!is_stopping_ && wake_.wait_until(mutex_, due)) continue;
      next = std::move(held_.front());
      held_.pop_front();
    }
    next.reply.send(std::move(next.response));
  }
}

}  // namespace sluice::tool
