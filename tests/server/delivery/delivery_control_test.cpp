// What other threads ask of the dispatcher is asked on the loop's thread, and the answer comes back.
#include "delivery/production/delivery_control.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <future>
#include <utility>
#include <vector>

#include "base/mutex.hpp"
#include "tests/server/delivery/simulation/dispatcher_rig.hpp"

namespace sluice::delivery {
namespace {

using namespace std::chrono_literals;

/// Holds what other threads post until the test's thread runs it.
class PostBox final : public Loop {
 public:
  void post(std::function<void()> task) override {
    const base::MutexLock lock(mutex_);
    tasks_.push_back(std::move(task));
    posted_.notify_one();
  }
  void run_at(std::chrono::steady_clock::time_point, std::function<void()>) override {}

  /// Waits for a task, and runs all that are there.
  void run_next() {
    std::vector<std::function<void()>> tasks;
    {
      const base::MutexLock lock(mutex_);
      while (tasks_.empty()) posted_.wait(mutex_);
      std::swap(tasks, tasks_);
    }
    for (const std::function<void()>& task : tasks) task();
  }

 private:
  base::Mutex mutex_;
  base::Condition posted_;
  std::vector<std::function<void()>> tasks_ SLUICE_GUARDED_BY(mutex_);
};

class DeliveryControlTest : public testkit::DispatcherRig {
 protected:
  DeliveryControlTest() { world.records.keeps_attempts = true; }

  /// Makes `call` on another thread, and lets the dispatcher go on for `duration` when it was asked.
  template <class Call>
  auto ask(std::chrono::microseconds duration, Call call) {
    DeliveryControl control(box, world.dispatcher(), {});
    auto answer = std::async(std::launch::async, [&control, &call] { return call(control); });
    box.run_next();
    world.loop.run_for(duration);
    return answer.get();
  }

  PostBox box;
};

TEST_F(DeliveryControlTest, ATestGivesTheAttemptOfEachChannel) {
  const std::uint32_t webhook = world.webhooks.add(1, {{}, {}}).number;
  world.start();
  world.loop.run_for(1s);
  const auto attempts = ask(1min, [webhook](DeliveryControl& control) {
    return control.test(webhook, {0, "evt_test", {}, R"({"event_type":"thing.tested"})"});
  });
  ASSERT_TRUE(attempts);
  ASSERT_EQ(attempts->size(), 2U);
  EXPECT_EQ((*attempts)[1].event_type, "thing.tested");
}

TEST_F(DeliveryControlTest, ARetryAndARecoveryAreAnsweredWhenTheyAreQueued) {
  const std::uint32_t webhook = add_webhook();
  world.start();
  world.publish({webhook});
  world.loop.run_for(1min);
  ASSERT_EQ(sent.size(), 1U);
  const auto answer = ask(1min, [this](DeliveryControl& control) {
    return control.retry(sent[0].delivery_id);
  });
  EXPECT_EQ(answer, RetryAnswer::queued);
  EXPECT_EQ(sent.size(), 2U);
  const auto unknown = ask(1s, [](DeliveryControl& control) { return control.retry("dlv_0"); });
  EXPECT_EQ(unknown, RetryAnswer::unknown_delivery);

  world.publish({});
  world.loop.run_for(1s);
  const auto report = ask(1min, [this, webhook](DeliveryControl& control) {
    return control.recover({.webhook = webhook,
                            .since = base::Time::min(),
                            .until = world.loop.now(),
                            .which = RecoverRequest::Which::missed,
                            .patterns = {"**"}});
  });
  ASSERT_TRUE(report);
  EXPECT_TRUE(report->was_accepted);
  EXPECT_EQ(report->deliveries, 1U);
  EXPECT_EQ(sent.size(), 3U);
}

TEST_F(DeliveryControlTest, FiguresAreOfTheOrganisationsThatWereAskedFor) {
  const std::uint32_t mine = world.webhooks.add(1, {{}}).number;
  const std::uint32_t theirs = world.webhooks.add(2, {{}}).number;
  const std::uint32_t others = world.webhooks.add(3, {{}}).number;
  for (const std::uint32_t webhook : {theirs, others}) behave(webhook, testkit::Behaviour::failing);
  world.start();
  world.publish({mine}, 1);
  world.publish({theirs}, 2);
  world.publish({others}, 3);
  world.loop.run_for(1s);
  const auto figures = ask(0s, [](DeliveryControl& control) { return control.figures({1, 2, 9}); });
  ASSERT_TRUE(figures);
  EXPECT_EQ(figures->size(), 3U);
  EXPECT_EQ(figures->at(1).attempts.delivered, 1U);
  EXPECT_EQ(figures->at(1).owed.deliveries, 0U);
  EXPECT_EQ(figures->at(2).attempts.failed, 1U);
  EXPECT_EQ(figures->at(2).owed.waiting, 1U);
  EXPECT_EQ(figures->at(9).attempts.delivered, 0U);
}

TEST_F(DeliveryControlTest, AFlushIsAnswered) {
  world.start();
  EXPECT_TRUE(ask(1min, [](DeliveryControl& control) { return control.flush(); }));
}

TEST_F(DeliveryControlTest, NamesOfDeliveriesAreReadWithoutAskingTheLoop) {
  world.start();
  DeliveryIds::Secret secret{};
  secret[3] = std::byte{7};
  DeliveryControl control(box, world.dispatcher(), secret);
  const DeliveryKey key{12, 3, 4};
  EXPECT_EQ(control.key_of(DeliveryIds(secret).make(key)), key);
  EXPECT_FALSE(control.key_of("dlv_x"));
}

TEST_F(DeliveryControlTest, NobodyWaitsForALoopThatEnds) {
  world.start();
  DeliveryControl control(box, world.dispatcher(), {});
  // Of all questions the one with the longest patience, 75 s: what is answered sooner was woken.
  auto waiting = std::async(std::launch::async, [&] { return control.test(1, {}); });
  control.close();
  ASSERT_EQ(waiting.wait_for(1min), std::future_status::ready);
  EXPECT_FALSE(waiting.get());
  auto late = std::async(std::launch::async, [&] { return control.test(1, {}); });
  ASSERT_EQ(late.wait_for(1min), std::future_status::ready);
  EXPECT_FALSE(late.get());
}

TEST_F(DeliveryControlTest, ARemovedWebhookIsOwedNothing) {
  const std::uint32_t webhook = add_webhook();
  behave(webhook, testkit::Behaviour::failing);
  world.start();
  world.publish({webhook});
  world.loop.run_for(1s);
  ASSERT_EQ(world.records.waiting_rows.size(), 1U);
  const auto before = ask(0s, [](DeliveryControl& control) { return control.stats(); });
  ASSERT_TRUE(before);
  EXPECT_EQ(before->waiting, 1U);
  world.webhooks.all.erase(webhook);
  ask(1min, [webhook](DeliveryControl& control) {
    control.webhook_removed(webhook);
    return true;
  });
  EXPECT_TRUE(world.records.waiting_rows.empty());
  EXPECT_EQ(sent.size(), 1U);
}

}  // namespace
}  // namespace sluice::delivery
