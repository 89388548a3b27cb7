// A mutex that is taken in the order of arrival. With a plain one, a thread that makes many changes
// in a row (pruning, health) takes it again before the kernel has woken whoever waits, over and over.
#pragma once

#include <cstdint>

#include "base/mutex.hpp"

namespace sluice::store {

class SLUICE_CAPABILITY("mutex") FairMutex {
 public:
  FairMutex() = default;
  FairMutex(const FairMutex&) = delete;
  FairMutex& operator=(const FairMutex&) = delete;

  void lock() SLUICE_ACQUIRE() {
    const base::MutexLock lock(mutex_);
    const std::uint64_t ticket = next_ticket_++;
    while (serving_ != ticket) is_next_.wait(mutex_);
  }

  void unlock() SLUICE_RELEASE() {
    const base::MutexLock lock(mutex_);
    ++serving_;
    is_next_.notify_all();
  }

  /// Whether somebody waits for who holds it.
  bool has_waiters() const {
    const base::MutexLock lock(mutex_);
    return next_ticket_ - serving_ > 1;
  }

 private:
  mutable base::Mutex mutex_;
  base::Condition is_next_;
  std::uint64_t next_ticket_ SLUICE_GUARDED_BY(mutex_) = 0;
  std::uint64_t serving_ SLUICE_GUARDED_BY(mutex_) = 0;
};

/// Holds a FairMutex for a scope.
class SLUICE_SCOPED_CAPABILITY FairLock {
 public:
  explicit FairLock(FairMutex& mutex) SLUICE_ACQUIRE(mutex) : mutex_(mutex) { mutex_.lock(); }
  ~FairLock() SLUICE_RELEASE() { mutex_.unlock(); }
  FairLock(const FairLock&) = delete;
  FairLock& operator=(const FairLock&) = delete;

 private:
  FairMutex& mutex_;
};

}  // namespace sluice::store
