// Whoever waits comes before whoever asks again.
#include "config_store/fair_mutex.hpp"

#include <gtest/gtest.h>

#include <thread>

namespace sluice::store {
namespace {

TEST(FairMutex, WhoWaitsComesBeforeWhoAsksAgain) {
  for (int round = 0; round < 100; ++round) {
    FairMutex mutex;
    bool was_served = false;
    mutex.lock();
    std::jthread other([&] {
      const FairLock lock(mutex);
      was_served = true;
    });
    while (!mutex.has_waiters()) std::this_thread::yield();
    mutex.unlock();
    mutex.lock();
    EXPECT_TRUE(was_served);
    mutex.unlock();
  }
}

TEST(FairMutex, ExcludesOthers) {
  FairMutex mutex;
  int count = 0;
  const auto add = [&] {
    for (int i = 0; i < 2'000; ++i) {
      const FairLock lock(mutex);
      ++count;
    }
  };
  {
    std::jthread first(add);
    std::jthread second(add);
    std::jthread third(add);
  }
  EXPECT_EQ(count, 6'000);
  EXPECT_FALSE(mutex.has_waiters());
}

}  // namespace
}  // namespace sluice::store
