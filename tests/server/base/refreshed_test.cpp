#include "base/refreshed.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <stdexcept>
#include <thread>
#include <vector>

#include "tests/server/support/manual_clock.hpp"

namespace sluice::base {
namespace {

using std::chrono::seconds;

TEST(Refreshed, IsMadeOnceInItsLifetime) {
  testkit::ManualClock clock;
  int made = 0;
  Refreshed<int> number(clock, seconds{1}, [&] { return ++made; });
  EXPECT_EQ(*number.get(), 1);
  EXPECT_EQ(*number.get(), 1);
  clock.advance(seconds{1});
  EXPECT_EQ(*number.get(), 2);
}

TEST(Refreshed, GivesNoOldValueForAFailedOne) {
  testkit::ManualClock clock;
  bool fails = true;
  Refreshed<int> number(clock, seconds{1}, [&]() -> int {
    if (fails) throw std::runtime_error("no");
    return 7;
  });
  EXPECT_THROW(number.get(), std::runtime_error);
  EXPECT_THROW(number.get(), std::runtime_error);
  fails = false;
  EXPECT_EQ(*number.get(), 7);
  fails = true;
  clock.advance(seconds{1});
  EXPECT_THROW(number.get(), std::runtime_error);
  EXPECT_THROW(number.get(), std::runtime_error);
}

TEST(Refreshed, IsMadeAnewForWhomTheLastValueDoesNotFit) {
  testkit::ManualClock clock;
  int made = 0;
  Refreshed<int> number(clock, seconds{1}, [&] { return ++made; });
  const auto is_even = [](int value) { return value % 2 == 0; };
  EXPECT_EQ(*number.get(), 1);
  EXPECT_EQ(*number.get(is_even), 2);
  EXPECT_EQ(*number.get(is_even), 2);
  EXPECT_EQ(*number.get(), 2);
}

TEST(Refreshed, IsMadeByOneWhileOthersHaveTheLastValue) {
  testkit::ManualClock clock;
  std::atomic<int> made{0};
  std::atomic<bool> is_held{false};
  Refreshed<int> number(clock, seconds{1}, [&] {
    const int mine = ++made;
    while (is_held) std::this_thread::yield();
    return mine;
  });
  EXPECT_EQ(*number.get(), 1);
  clock.advance(seconds{1});
  is_held = true;
  std::thread maker([&] { EXPECT_EQ(*number.get(), 2); });
  while (made < 2) std::this_thread::yield();
  EXPECT_EQ(*number.get(), 1);
  is_held = false;
  maker.join();
  EXPECT_EQ(made, 2);
}

TEST(Refreshed, EverybodyWaitsForTheFirstValue) {
  testkit::ManualClock clock;
  std::atomic<int> made{0};
  Refreshed<int> number(clock, seconds{1}, [&] {
    std::this_thread::yield();
    return ++made;
  });
  std::vector<std::thread> askers;
  for (int i = 0; i < 8; ++i) askers.emplace_back([&] { EXPECT_EQ(*number.get(), 1); });
  for (std::thread& asker : askers) asker.join();
}

}  // namespace
}  // namespace sluice::base
