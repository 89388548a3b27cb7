// A Mutex excludes, and a Condition wakes who waits.
#include "base/mutex.hpp"

#include <gtest/gtest.h>

#include <thread>

namespace sluice::base {
namespace {

TEST(Mutex, ExcludesOtherThreads) {
  Mutex mutex;
  int count = 0;
  const auto add = [&] {
    for (int i = 0; i < 10'000; ++i) {
      const MutexLock lock(mutex);
      ++count;
    }
  };
  {
    std::jthread first(add);
    std::jthread second(add);
  }
  EXPECT_EQ(count, 20'000);
}

TEST(Condition, WakesWhoWaits) {
  Mutex mutex;
  Condition condition;
  bool is_set = false;
  std::jthread waker([&] {
    const MutexLock lock(mutex);
    is_set = true;
    condition.notify_all();
  });
  mutex.lock();
  while (!is_set) condition.wait(mutex);
  mutex.unlock();
  EXPECT_TRUE(is_set);
}

TEST(Condition, GivesUpAtTheDeadline) {
  Mutex mutex;
  Condition condition;
  mutex.lock();
  while (condition.wait_until(mutex, std::chrono::steady_clock::now())) {
  }
  // It holds the mutex again.
  std::thread([&] { EXPECT_FALSE(mutex.try_lock()); }).join();
  mutex.unlock();
}

}  // namespace
}  // namespace sluice::base
