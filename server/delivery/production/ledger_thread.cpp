#include "delivery/production/ledger_thread.hpp"

#include <exception>
#include <iterator>
#include <utility>

#include "base/log.hpp"

namespace sluice::delivery {

LedgerThread::LedgerThread(DeliveryRecords& records, Loop& loop, const base::Clock& clock,
                           std::chrono::milliseconds gather)
    : records_(records),
      loop_(loop),
      clock_(clock),
      gather_(gather),
      next_prune_(clock.steady_now() + kPruneInterval),
      thread_([this](const std::stop_token& stop) { work(stop); }) {}

LedgerThread::~LedgerThread() {
  {
    const base::MutexLock lock(mutex_);
    is_stopping_ = true;
  }
  wake_.notify_all();
}

void LedgerThread::log(AttemptRecord attempt) {
  Write write;
  write.changes.emplace_back(std::move(attempt));
  {
    const base::MutexLock lock(mutex_);
    if (waiting_attempts_ < kMostAttempts) {
      ++waiting_attempts_;
      queue_.emplace_back(std::move(write));
      if (queue_.size() == 1 || queue_.size() == kMostChanges) wake_.notify_one();
      return;
    }
  }
  // relaxed: only this thread writes it, and nothing hangs on when others see it.
  dropped_.fetch_add(1, std::memory_order_relaxed);
}

void LedgerThread::commit(std::vector<RecordChange> changes, std::function<void()> when_durable) {
  append(Write{std::move(changes), when_durable ? std::move(when_durable) : [] {}});
}

void LedgerThread::ask(Question question) { append(std::move(question)); }

void LedgerThread::append(Item item) {
  const base::MutexLock lock(mutex_);
  queue_.push_back(std::move(item));
  wake_.notify_one();
}

/// Waits for something to do, and takes a question, or writes that come one after the other.
/// False: there is nothing left and the thread is to end.
bool LedgerThread::take(std::vector<Item>& items) {
  const base::MutexLock lock(mutex_);
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds{1};
  while (queue_.empty() && !is_stopping_ && wake_.wait_until(mutex_, until)) continue;
  if (queue_.empty()) return !is_stopping_;
  gather();
  std::size_t changes = 0;
  while (!queue_.empty() && changes < kMostChanges) {
    const auto* write = std::get_if<Write>(&queue_.front());
    if (write == nullptr && !items.empty()) break;
    if (write != nullptr) {
      changes += write->changes.size();
      if (!write->when_durable) --waiting_attempts_;
    }
    items.push_back(std::move(queue_.front()));
    queue_.pop_front();
    if (write == nullptr) break;
  }
  return true;
}

/// A transaction costs some pages, however few rows it has.
void LedgerThread::gather() {
  const auto until = std::chrono::steady_clock::now() + gather_;
  while (queue_.size() == waiting_attempts_ && queue_.size() < kMostChanges && !is_stopping_ &&
         wake_.wait_until(mutex_, until))
    continue;
}

void LedgerThread::work(const std::stop_token& stop) {
  for (std::vector<Item> items; take(items); items.clear()) {
    if (!items.empty()) {
      if (auto* question = std::get_if<Question>(&items.front())) {
        answer(*question);
      } else {
        write(items);
      }
    }
    if (clock_.steady_now() >= next_prune_) prune(stop);
  }
}

void LedgerThread::write(std::vector<Item>& items) {
  std::vector<RecordChange> changes;
  std::vector<std::function<void()>> told;
  for (Item& item : items) {
    auto& write = std::get<Write>(item);
    std::move(write.changes.begin(), write.changes.end(), std::back_inserter(changes));
    if (write.when_durable) told.push_back(std::move(write.when_durable));
  }
  if (!persist([&] { records_.write(changes); }) || told.empty()) return;
  loop_.post([told = std::move(told)] {
    for (const std::function<void()>& tell : told) tell();
  });
}

void LedgerThread::answer(Question& question) {
  std::function<void()> answer;
  if (persist([&] { answer = question(records_); }) && answer) loop_.post(std::move(answer));
}

bool LedgerThread::persist(const std::function<void()>& action) {
  for (;;) {
    try {
      action();
      return true;
    } catch (const std::exception& error) {
      base::log_error("deliveries cannot be recorded", {{"error", error.what()}});
    }
    const base::MutexLock lock(mutex_);
    const auto until = std::chrono::steady_clock::now() + kPause;
    while (!is_stopping_ && wake_.wait_until(mutex_, until)) continue;
    if (is_stopping_) return false;
  }
}

void LedgerThread::prune(const std::stop_token& stop) {
  next_prune_ = clock_.steady_now() + kPruneInterval;
  try {
    records_.prune(stop);
  } catch (const std::exception& error) {
    base::log_error("old attempts cannot be dropped", {{"error", error.what()}});
  }
}

}  // namespace sluice::delivery
