#include "delivery/event_loop.hpp"

#include <gtest/gtest.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <functional>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/file_descriptor.hpp"
#include "delivery/timer_heap.hpp"

namespace sluice::delivery {
namespace {

using namespace std::chrono_literals;
using TimePoint = EventLoop::TimePoint;

struct SocketPair {
  SocketPair() {
    std::array<int, 2> ends{};
    EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends.data()), 0);
    one.reset(ends[0]);
    other.reset(ends[1]);
  }
  base::FileDescriptor one;
  base::FileDescriptor other;
};

class CallbackWatcher final : public EventLoop::Watcher {
 public:
  explicit CallbackWatcher(std::function<void(std::uint32_t)> call) : call_(std::move(call)) {}
  void ready(std::uint32_t events) override { call_(events); }

 private:
  std::function<void(std::uint32_t)> call_;
};

TEST(EventLoop, RunsWhatWasPostedInOrderAndNotInsideOfPost) {
  EventLoop loop;
  std::string log;
  loop.post([&] {
    loop.post([&] { log += "c"; });
    loop.post([&] { loop.stop(); });
    log += "a";
  });
  loop.post([&] { log += "b"; });
  EXPECT_EQ(log, "");
  loop.run();
  EXPECT_EQ(log, "abc");
}

TEST(EventLoop, StopBeforeRunEndsItAtOnceAndOnce) {
  EventLoop loop;
  bool has_run = false;
  loop.stop();
  loop.post([&] {
    has_run = true;
    loop.stop();
  });
  loop.run();
  EXPECT_FALSE(has_run);
  loop.run();
  EXPECT_TRUE(has_run);
}

TEST(EventLoop, IsWokenByPostsOfOtherThreads) {
  EventLoop loop;
  constexpr int kPosts = 20'000;
  int count = 0;
  std::vector<std::jthread> posters;
  for (int i = 0; i < 2; ++i)
    posters.emplace_back([&] {
      for (int post = 0; post < kPosts; ++post)
        loop.post([&] {
          if (++count == 2 * kPosts) loop.stop();
        });
    });
  loop.run();
  EXPECT_EQ(count, 2 * kPosts);
}

// Where the loop is late, all timers of a turn come before its tasks: each has an order of its own.
TEST(EventLoop, CallsTimersAndTasksInTheOrderOfTheirTimes) {
  EventLoop loop;
  const TimePoint now = std::chrono::steady_clock::now();
  std::string timers;
  std::string tasks;
  const auto note = [&](std::string& log, char what) {
    log += what;
    if (timers.size() + tasks.size() == 5) loop.stop();
  };
  LoopTimer late(loop, [&] { note(timers, 'b'); });
  LoopTimer moved(loop, [&] { note(timers, 'a'); });
  LoopTimer cancelled(loop, [&] { note(timers, 'x'); });
  late.expire_at(now + 3ms);
  moved.expire_at(now + 1h);
  moved.expire_at(now - 1h);
  cancelled.expire_at(now);
  cancelled.cancel();
  loop.run_at(now + 6ms, [&] { note(tasks, 'c'); });
  loop.run_at(now, [&] { note(tasks, 'a'); });
  loop.run_at(now, [&] { note(tasks, 'b'); });
  loop.run();
  EXPECT_EQ(timers, "ab");
  EXPECT_EQ(tasks, "abc");
}

TEST(EventLoop, ATimerMayEndAnotherThatIsDue) {
  EventLoop loop;
  const TimePoint now = std::chrono::steady_clock::now();
  bool has_run = false;
  auto victim = std::make_unique<LoopTimer>(loop, [&] { has_run = true; });
  LoopTimer killer(loop, [&] { victim.reset(); });
  killer.expire_at(now - 2ms);
  victim->expire_at(now - 1ms);
  loop.run_at(now, [&] { loop.stop(); });
  loop.run();
  EXPECT_FALSE(has_run);
}

TEST(EventLoop, TimersThatAreAlwaysDueLeaveTurnsToOthers) {
  EventLoop loop;
  LoopTimer always(loop, [&] { always.expire_at(TimePoint::min()); });
  always.expire_at(TimePoint::min());
  std::function<void()> again = [&] { loop.run_at(TimePoint::min(), again); };
  again();
  int turns = 0;
  std::function<void()> count = [&] {
    if (++turns == 3) return loop.stop();
    loop.post(count);
  };
  loop.post(count);
  loop.run();
  EXPECT_EQ(turns, 3);
}

TEST(EventLoop, TellsOfBytesAndOfTheirEnd) {
  EventLoop loop;
  SocketPair sockets;
  std::string log;
  CallbackWatcher watcher([&](std::uint32_t events) {
    char buffer[16];
    const ssize_t count = read(sockets.one.get(), buffer, sizeof(buffer));
    if (count > 0) {
      log.append(buffer, static_cast<std::size_t>(count));
      sockets.other.reset();
    } else if (count == 0) {
      EXPECT_NE(events & EPOLLRDHUP, 0U);
      log += "|";
      loop.stop();
    }
  });
  ASSERT_TRUE(loop.watch(sockets.one.get(), watcher));
  loop.post([&] { ASSERT_EQ(write(sockets.other.get(), "abc", 3), 3); });
  loop.run();
  EXPECT_EQ(log, "abc|");
}

TEST(EventLoop, AnUnwatchedWatcherHearsNothingOfTheSameTurn) {
  EventLoop loop;
  SocketPair first;
  SocketPair second;
  int calls = 0;
  std::unique_ptr<CallbackWatcher> watchers[2];
  const auto end_both = [&](std::uint32_t) {
    ++calls;  // whoever is called first ends both
    loop.unwatch(first.one.get(), *watchers[0]);
    loop.unwatch(second.one.get(), *watchers[1]);
    loop.post([&] { loop.stop(); });
  };
  watchers[0] = std::make_unique<CallbackWatcher>(end_both);
  watchers[1] = std::make_unique<CallbackWatcher>(end_both);
  ASSERT_TRUE(loop.watch(first.one.get(), *watchers[0]));
  ASSERT_TRUE(loop.watch(second.one.get(), *watchers[1]));
  loop.run();
  EXPECT_EQ(calls, 1);
}

TEST(EventLoop, DropsWhatIsLeftAtItsEnd) {
  auto witness = std::make_shared<int>(1);
  {
    EventLoop loop;
    loop.post([witness] {});
    loop.run_at(TimePoint::max(), [witness] {});
    EXPECT_EQ(witness.use_count(), 3);
  }
  EXPECT_EQ(witness.use_count(), 1);
}

TEST(TimerHeap, HandsTimersOutByTimeThroughMovesAndRemovals) {
  EventLoop loop;
  TimerHeap heap;
  std::mt19937_64 random{7};
  std::vector<std::unique_ptr<LoopTimer>> timers;
  std::multimap<TimePoint, LoopTimer*> expected;
  std::vector<TimePoint> times(200);
  for (std::size_t i = 0; i < times.size(); ++i)
    timers.push_back(std::make_unique<LoopTimer>(loop, [] {}));
  const auto forget = [&](std::size_t i) {
    for (auto at = expected.begin(); at != expected.end(); ++at)
      if (at->second == timers[i].get()) {
        expected.erase(at);
        return;
      }
  };
  for (int step = 0; step < 20'000; ++step) {
    const std::size_t i = random() % timers.size();
    forget(i);
    if (random() % 3 == 0) {
      heap.remove(*timers[i]);
    } else {
      const TimePoint time{std::chrono::seconds{random() % 1000}};
      heap.set(*timers[i], time);
      expected.emplace(time, timers[i].get());
    }
    ASSERT_EQ(heap.empty(), expected.empty());
    if (!expected.empty()) {
      ASSERT_EQ(heap.earliest(), expected.begin()->first);
    }
  }
  for (const auto& [time, timer] : expected) {
    EXPECT_EQ(heap.take_due(time - 1ns), nullptr);
    const LoopTimer* taken = heap.take_due(time);
    ASSERT_NE(taken, nullptr);
    EXPECT_EQ(taken->time(), time);
    EXPECT_FALSE(taken->is_set());
  }
  EXPECT_TRUE(heap.empty());
}

}  // namespace
}  // namespace sluice::delivery
