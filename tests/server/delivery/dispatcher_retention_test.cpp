// What the dispatcher lets go of the journal, and what it says holds the rest.
#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>

#include "tests/server/delivery/simulation/dispatcher_rig.hpp"

namespace sluice::testkit {
namespace {

using namespace std::chrono_literals;

class DispatcherRetention : public DispatcherRig {};

TEST_F(DispatcherRetention, KeepsOnlyTheJournalThatIsStillOwed) {
  const std::uint32_t prompt = add_webhook();
  const std::uint32_t failing = add_webhook();
  behave(failing, Behaviour::failing);
  world.start();
  for (int i = 0; i < 10; ++i) world.publish({prompt});
  world.publish({failing});
  for (int i = 0; i < 10; ++i) world.publish({prompt});
  world.loop.run_for(1min);
  EXPECT_EQ(world.events.released_below(), 11U);
  behave(failing, Behaviour::prompt);
  world.loop.run_for(1h);
  EXPECT_EQ(world.events.released_below(), 22U);
}

TEST_F(DispatcherRetention, TellsWhoHoldsTheJournal) {
  const std::uint32_t failing = add_webhook();
  const std::uint32_t hanging = add_webhook();
  behave(failing, Behaviour::failing);
  behave(hanging, Behaviour::hanging);
  world.start();
  const auto holder = [this] { return world.dispatcher().stats().oldest_owed; };
  world.publish({failing});
  world.publish({hanging});
  world.loop.run_for(5s);
  EXPECT_EQ(holder(), (delivery::OldestOwed{1, failing}));  // it waits, in the records
  behave(failing, Behaviour::prompt);
  world.loop.run_for(10min);
  EXPECT_EQ(holder(), (delivery::OldestOwed{2, hanging}));
  behave(hanging, Behaviour::prompt);
  world.loop.run_for(6h);
  EXPECT_EQ(holder(), (delivery::OldestOwed{3, 0}));
}

// A flood fills several files of the journal in a second; those that come back late are made anew.
TEST_F(DispatcherRetention, ReleasesWhatMatchedNobodyWithinAQuarterOfASecond) {
  world.start();
  world.publish({});
  world.loop.run_for(2s);
  for (journal::Sequence sequence = 2; sequence < 12; ++sequence) {
    world.publish({});
    world.loop.run_for(250ms);
    EXPECT_EQ(world.events.released_below(), sequence + 1);
  }
}

// Nothing else happens after it that would release the rest.
TEST_F(DispatcherRetention, ReleasesWhatIsDeliveredWhileARefusedDiskHoldsAReleaseUp) {
  const std::uint32_t webhook = add_webhook();
  world.start();
  world.loop.run_for(1s);
  world.publish({webhook});
  world.loop.run_for(200us);
  world.records.fails_to_write = true;
  world.loop.run_for(10s);
  world.publish({webhook});
  world.loop.run_for(10s);
  world.records.fails_to_write = false;
  world.loop.run_for(1h);
  EXPECT_EQ(world.events.released_below(), 3U);
}

}  // namespace
}  // namespace sluice::testkit
