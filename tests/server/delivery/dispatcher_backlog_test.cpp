// What becomes of what is owed to receivers where nothing gets through, when it crowds the journal's
// backlog: it must keep out nobody's new events, and end visibly.
#include <gtest/gtest.h>

#include <chrono>
#include <set>

#include "tests/server/delivery/simulation/dispatcher_rig.hpp"

namespace sluice::testkit {
namespace {

using namespace std::chrono_literals;
using journal::Sequence;

class DispatcherBacklog : public DispatcherRig {
 protected:
  static constexpr std::uint64_t kLimit = 1'000;  // the backlog's, in events
  std::chrono::milliseconds pace{10};             // from one event to the next

  DispatcherBacklog() { world.events.limit = kLimit; }

  /// Publishes as long as there is room. How many were taken.
  int publish(int count, const std::vector<std::uint32_t>& matched) {
    for (int i = 0; i < count; ++i) {
      if (!world.events.has_room()) return i;
      world.publish(matched);
      world.loop.run_for(pace);
    }
    return count;
  }
  std::set<Sequence> dead_of(std::uint32_t webhook) const {
    std::set<Sequence> dead;
    for (const auto& [key, row] : world.records.dead_rows)
      if (row.webhook == webhook) dead.insert(row.events.begin(), row.events.end());
    return dead;
  }
  std::vector<Sequence> arrived_at(std::uint32_t webhook) { return arrived[channel_of(webhook)]; }
  /// The failing receiver of all events up to `last` recovers. Each of them died or arrives: those that
  /// died are the oldest, and none arrives twice.
  void expect_oldest_dead_and_newest_once(std::uint32_t failing, Sequence last);
};

// guards D4
TEST_F(DispatcherBacklog, AFailingReceiverKeepsOutNobodysEvents) {
  const std::uint32_t failing = add_webhook();
  const std::uint32_t prompt = add_webhook();
  behave(failing, Behaviour::failing);
  world.start();
  EXPECT_EQ(publish(10'000, {failing, prompt}), 10'000);
  world.loop.run_for(1s);
  EXPECT_EQ(arrived_at(prompt).size(), 10'000U);
  EXPECT_TRUE(dead_of(prompt).empty());
  // The oldest died, and what the backlog has room for waits.
  const std::set<Sequence> dead = dead_of(failing);
  EXPECT_GE(dead.size(), 9'000U);
  EXPECT_LE(dead.size(), 9'100U);
  EXPECT_EQ(*dead.begin(), 1U);
  EXPECT_EQ(*dead.rbegin(), dead.size());
  EXPECT_EQ(world.dispatcher().stats().crowding, dead.size());
  const delivery::DeadDelivery& first = world.records.dead_rows.begin()->second;
  EXPECT_NE(first.reason.find("journal.backlog_bytes"), std::string::npos) << first.reason;
  EXPECT_EQ(first.event_id, "evt_1");
  EXPECT_EQ(first.event_type, "thing.happened");
}

TEST_F(DispatcherBacklog, APausedWebhookKeepsOutNobodysEvents) {
  const std::uint32_t paused = add_webhook();
  const std::uint32_t prompt = add_webhook();
  behave(paused, Behaviour::failing);
  world.start();
  publish(100, {paused});
  set_active(paused, false);
  EXPECT_EQ(publish(5'000, {prompt}), 5'000);
  world.loop.run_for(1s);
  EXPECT_EQ(arrived_at(prompt).size(), 5'000U);
  EXPECT_EQ(dead_of(paused).size(), 100U);
  EXPECT_TRUE(world.records.waiting_rows.empty());
}

TEST_F(DispatcherBacklog, AWebhookThatIsPausedOnceTheBacklogIsFullMakesRoom) {
  const std::uint32_t slow = add_webhook({{"max_in_flight", 1}});
  const std::uint32_t prompt = add_webhook();
  behave(slow, Behaviour::slow);
  world.start();
  publish(100, {slow});
  ASSERT_LT(publish(5'000, {prompt}), 5'000);
  set_active(slow, false);
  world.loop.run_for(1s);
  EXPECT_TRUE(world.events.has_room());
  EXPECT_FALSE(dead_of(slow).empty());
}

TEST_F(DispatcherBacklog, NothingEndsWhileThereIsRoom) {
  const std::uint32_t failing = add_webhook();
  const std::uint32_t paused = add_webhook();
  behave(failing, Behaviour::failing);
  world.start();
  publish(100, {paused, failing});
  set_active(paused, false);
  publish(790, {failing});
  world.loop.run_for(1h);
  EXPECT_TRUE(world.records.dead_rows.empty());
}

void DispatcherBacklog::expect_oldest_dead_and_newest_once(std::uint32_t failing, Sequence last) {
  behave(failing, Behaviour::prompt);
  world.loop.run_for(24h);
  const std::set<Sequence> dead = dead_of(failing);
  const std::vector<Sequence> here = arrived_at(failing);
  const std::set<Sequence> once(here.begin(), here.end());
  EXPECT_EQ(here.size(), once.size());
  EXPECT_EQ(dead.size() + once.size(), last);
  ASSERT_FALSE(dead.empty());
  ASSERT_FALSE(once.empty());
  EXPECT_EQ(*dead.rbegin(), dead.size());
  EXPECT_GE(once.size(), kLimit / 2);
  EXPECT_EQ(world.dispatcher().stats().channels, 0U);
}

TEST_F(DispatcherBacklog, AReceiverThatRecoversGetsTheRestOnce) {
  const std::uint32_t failing = add_webhook();
  behave(failing, Behaviour::failing);
  world.start();
  ASSERT_EQ(publish(3'000, {failing}), 3'000);
  expect_oldest_dead_and_newest_once(failing, 3'000);
}

TEST_F(DispatcherBacklog, BatchesEndWholeAndTheRestArrivesOnce) {
  const std::uint32_t failing =
      add_webhook({{"batch", boost::json::object{{"max_events", 7}, {"max_wait_ms", 20}}}});
  behave(failing, Behaviour::failing);
  world.start();
  ASSERT_EQ(publish(3'000, {failing}), 3'000);
  expect_oldest_dead_and_newest_once(failing, 3'000);
  EXPECT_LT(world.records.dead_rows.size(), 1'000U);
}

TEST_F(DispatcherBacklog, AnOrderedChannelKeepsItsOrder) {
  const std::uint32_t failing = add_webhook({{"ordered", true}});
  behave(failing, Behaviour::failing);
  pace = 100ms;  // it fails once, and then waits
  world.start();
  ASSERT_EQ(publish(3'000, {failing}), 3'000);
  expect_oldest_dead_and_newest_once(failing, 3'000);
  const std::vector<Sequence> here = arrived_at(failing);
  EXPECT_TRUE(std::is_sorted(here.begin(), here.end()));
}

// guards D4
TEST_F(DispatcherBacklog, OneEventThatFailsAtItsOnlyReceiverKeepsOutNobodysEvents) {
  const std::uint32_t failing = add_webhook();
  const std::uint32_t prompt = add_webhook();
  behave(failing, Behaviour::failing);
  world.start();
  world.publish({failing});
  pace = 100ms;
  EXPECT_EQ(publish(3'000, {prompt}), 3'000);
  EXPECT_EQ(dead_of(failing).size(), 1U);
  EXPECT_EQ(world.dispatcher().stats().open_circuits, 0U);
}

TEST_F(DispatcherBacklog, RowsThatAreInNoMemoryEndAsWell) {
  const std::uint32_t failing = add_webhook();
  const std::uint32_t prompt = add_webhook();
  behave(failing, Behaviour::failing);
  world.start();
  publish(600, {failing});
  world.kill();
  for (Sequence event = 1; event <= 600; ++event) {
    delivery::WaitingDelivery row;
    row.webhook = failing;
    row.channel = channel_of(failing);
    row.events = {event};
    row.attempts = 1;
    row.due_at = world.loop.now() + std::chrono::seconds(event % 7 * 1'000);
    world.records.waiting_rows[{row.channel, event}] = row;
  }
  world.start();
  world.loop.run_for(1s);
  pace = 100ms;
  EXPECT_EQ(publish(5'000, {prompt}), 5'000);
  world.loop.run_for(1s);
  EXPECT_EQ(dead_of(failing).size(), 600U);
  EXPECT_TRUE(world.records.waiting_rows.empty());
  EXPECT_EQ(world.dispatcher().stats().waiting, 0U);
}

TEST_F(DispatcherBacklog, AProbeThatIsOnItsWayEndsAsItsAttemptSays) {
  const std::uint32_t hanging = add_webhook();
  const std::uint32_t prompt = add_webhook();
  behave(hanging, Behaviour::failing);
  world.start();
  publish(100, {hanging});
  behave(hanging, Behaviour::hanging);
  const std::size_t before = sent.size();
  while (sent.size() == before) world.loop.run_for(10ms);
  const Sequence probed = sent.back().events.front().sequence;
  EXPECT_EQ(publish(850, {prompt}), 850);  // takes 8.5 of its ten seconds
  EXPECT_EQ(dead_of(hanging).count(probed), 0U);
  EXPECT_GE(dead_of(hanging).size(), 30U);
  behave(hanging, Behaviour::prompt);
  world.loop.run_for(1min);
  EXPECT_EQ(dead_of(hanging).size() + arrived_at(hanging).size(), 100U);
  EXPECT_TRUE(world.events.has_room());
}

TEST_F(DispatcherBacklog, AReceiverThatIsSlowAndSucceedsLosesNothing) {
  const std::uint32_t slow = add_webhook({{"max_in_flight", 1}});
  const std::uint32_t failing = add_webhook();
  behave(slow, Behaviour::slow);
  behave(failing, Behaviour::failing);
  world.start();
  EXPECT_LT(publish(3'000, {slow, failing}), 3'000);
  EXPECT_TRUE(dead_of(slow).empty());
  // Beyond the oldest that the slow one is owed nothing would have been won.
  const std::set<Sequence> dead = dead_of(failing);
  EXPECT_TRUE(dead.empty() || *dead.rbegin() <= arrived_at(slow).back() + 1);
}

TEST_F(DispatcherBacklog, NothingEndsThatLiesBeforeWhatDeliveryHasNotRead) {
  const std::uint32_t failing = add_webhook();
  behave(failing, Behaviour::failing);
  world.start();
  publish(100, {failing});
  world.events.fails_to_read = true;
  EXPECT_LT(publish(3'000, {failing}), 3'000);
  const std::set<Sequence> dead = dead_of(failing);
  EXPECT_TRUE(dead.empty() || *dead.rbegin() <= 100);
}

// guards D2
TEST_F(DispatcherBacklog, ARestartInTheMidstLosesAndRepeatsNothing) {
  const std::uint32_t failing = add_webhook();
  behave(failing, Behaviour::failing);
  world.start();
  for (int i = 0; i < 20; ++i) {
    ASSERT_EQ(publish(100, {failing}), 100);
    world.loop.run_for(std::chrono::microseconds(137 * i));
    restart();
  }
  expect_oldest_dead_and_newest_once(failing, 2'000);
}

}  // namespace
}  // namespace sluice::testkit
