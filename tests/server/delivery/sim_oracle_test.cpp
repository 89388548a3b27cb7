// What the oracle of the simulation says of crashes: each answers for what itself makes come again, and
// nobody is prompt before the records have answered.
#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>

#include "tests/server/delivery/simulation/sim_oracle.hpp"
#include "tests/server/delivery/simulation/sim_world.hpp"

namespace sluice::testkit {
namespace {

using namespace std::chrono_literals;

/// A world with one webhook that takes one delivery at a time.
class SimOracleTest : public testing::Test {
 protected:
  SimOracleTest()
      : webhook(world.webhooks.add(1, {{{"max_in_flight", 1}}})),
        channel(webhook.channels.front().number) {
    world.start();
  }

  void behave(Behaviour behaviour) { world.receivers.behaviours[channel] = behaviour; }
  void publish(int count) {
    for (; count > 0; --count) {
      oracle.note_published(world.events.committed_through() + 1, {webhook.number});
      world.publish({webhook.number});
    }
  }
  void restart() {
    world.kill();
    oracle.note_restart();
    world.start();
  }

  SimWorld world;
  SimOracle oracle{world};
  SimWebhook webhook;
  std::uint32_t channel;
};

TEST_F(SimOracleTest, NoticesThatMoreComesAgainThanWasInFlight) {
  const SimProgress::State before = world.progress.state;
  publish(3);
  world.loop.run_for(1s);
  world.progress.state = before;
  oracle.note_crash(false);
  EXPECT_NE(oracle.failure(), "");
}

TEST_F(SimOracleTest, AnswersNotForWhatAnEarlierOneHasBroughtTwice) {
  const SimProgress::State before = world.progress.state;
  behave(Behaviour::failing);
  publish(3);
  world.loop.run_for(1s);
  ASSERT_EQ(world.records.waiting_rows.size(), 3U);
  oracle.note_crash(true);
  world.progress.state = before;
  restart();
  behave(Behaviour::prompt);
  world.loop.run_for(1s);
  ASSERT_EQ(oracle.arrivals, 3U);  // from the journal; the rows wait still
  ASSERT_EQ(world.records.waiting_rows.size(), 3U);
  oracle.note_crash(false);
  EXPECT_EQ(oracle.failure(), "");
  restart();
  world.loop.run_for(1min);
  EXPECT_EQ(oracle.arrivals, 6U);
  EXPECT_EQ(oracle.failure(), "");
}

TEST_F(SimOracleTest, AnswersNotForWhatItsRowHasBroughtBeforeTheJournal) {
  const SimProgress::State before = world.progress.state;
  publish(20);
  world.loop.run_for(1s);
  behave(Behaviour::failing);
  publish(3);
  world.loop.run_for(1s);
  oracle.note_crash(true);
  world.progress.state = before;
  restart();
  behave(Behaviour::slow);
  world.loop.run_for(12s);  // one from the journal and one of the rows by turns
  ASSERT_TRUE(world.records.waiting_rows.empty());
  ASSERT_FALSE(world.progress.is_done(channel, 21));
  oracle.note_crash(false);
  EXPECT_EQ(oracle.failure(), "");
}

TEST_F(SimOracleTest, NoticesAPromptReceiverThatWaits) {
  oracle.expect_prompt(channel, 200ms);
  world.loop.run_for(1s);
  behave(Behaviour::slow);
  publish(1);
  world.loop.run_for(1s);
  EXPECT_NE(oracle.failure(), "");
}

TEST_F(SimOracleTest, ExpectsNothingPromptWhileTheRecordsHaveNotSaidWhatIsOwed) {
  oracle.expect_prompt(channel, 200ms);
  world.loop.run_for(1s);
  oracle.note_crash(false);
  restart();
  world.records.fails_to_write = true;
  publish(300);
  world.loop.run_for(1h);
  ASSERT_EQ(oracle.arrivals, 0U);
  world.records.fails_to_write = false;
  world.loop.run_for(1min);
  EXPECT_EQ(oracle.arrivals, 300U);
  EXPECT_EQ(oracle.failure(), "");
}

}  // namespace
}  // namespace sluice::testkit
