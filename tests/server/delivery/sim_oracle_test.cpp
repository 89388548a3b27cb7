// What the oracle of the simulation says of a crash: each crash answers for what itself makes come
// again.
#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>

#include "tests/server/delivery/simulation/sim_oracle.hpp"
#include "tests/server/delivery/simulation/sim_world.hpp"

namespace sluice::testkit {
namespace {

using namespace std::chrono_literals;

/// A world with one webhook that takes one delivery at a time.
class SimOracleCrash : public testing::Test {
 protected:
  SimOracleCrash()
      : webhook_(world.webhooks.add(1, {{{"max_in_flight", 1}}})),
        channel_(webhook_.channels.front().number) {
    world.start();
  }

  void behave(Behaviour behaviour) { world.receivers.behaviours[channel_] = behaviour; }
  void publish(int count) {
    for (; count > 0; --count) {
      oracle.note_published(world.events.committed_through() + 1, {webhook_.number});
      world.publish({webhook_.number});
    }
  }
  void restart() {
    world.kill();
    oracle.note_restart();
    world.start();
  }

  SimWorld world;
  SimOracle oracle{world};

 private:
  SimWebhook webhook_;
  std::uint32_t channel_;
};

TEST_F(SimOracleCrash, NoticesThatMoreComesAgainThanWasInFlight) {
  const SimProgress::State before = world.progress.state;
  publish(3);
  world.loop.run_for(1s);
  world.progress.state = before;
  oracle.note_crash(false);
  EXPECT_NE(oracle.failure(), "");
}

TEST_F(SimOracleCrash, AnswersNotForWhatAnEarlierOneHasBroughtTwice) {
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

}  // namespace
}  // namespace sluice::testkit
