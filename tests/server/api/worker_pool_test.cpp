#include "api/worker_pool.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <thread>
#include <utility>

namespace sluice::api {
namespace {

TEST(WorkerPool, FinishesWhatRunsAndDropsWhatWaits) {
  std::atomic<bool> is_running{false};
  std::atomic<bool> may_end{false};
  std::atomic<bool> has_ended{false};
  std::atomic<int> others{0};
  WorkerPool pool(1, 8);
  ASSERT_TRUE(pool.submit([&] {
    is_running = true;
    while (!may_end) std::this_thread::yield();
    has_ended = true;
  }));
  while (!is_running) std::this_thread::yield();
  auto kept = std::make_shared<int>();
  const std::weak_ptr<int> waiting = kept;
  ASSERT_TRUE(pool.submit([&others, kept = std::move(kept)] { ++others; }));
  std::thread stopper([&] { pool.stop(); });
  while (!waiting.expired()) std::this_thread::yield();
  EXPECT_FALSE(pool.submit([&] { ++others; }));
  may_end = true;
  stopper.join();
  EXPECT_TRUE(has_ended);
  EXPECT_EQ(others, 0);
}

TEST(WorkerPool, RefusesWhatDoesNotFit) {
  std::atomic<bool> is_running{false};
  std::atomic<bool> may_end{false};
  WorkerPool pool(1, 1);
  ASSERT_TRUE(pool.submit([&] {
    is_running = true;
    while (!may_end) std::this_thread::yield();
  }));
  while (!is_running) std::this_thread::yield();
  EXPECT_TRUE(pool.submit([] {}));
  EXPECT_FALSE(pool.submit([] {}));
  may_end = true;
}

}  // namespace
}  // namespace sluice::api
