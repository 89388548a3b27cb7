// Nothing that was handed in is touched while somebody holds a Guard that is older.
#include "reclaim.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <new>
#include <optional>
#include <thread>

#include "index_rig.hpp"

namespace sluice::internal {
namespace {

// guards G5, I1, I3: neither a duty nor a piece is done with while an older reader is there.
TEST(Reclaimer, WaitsForAnOlderGuard) {
  IndexRig rig;
  std::atomic<int> done{0};
  rig.on_duty = [&](Operation&, const Reclaimer::Item&) { done.fetch_add(1); };
  const auto hand_in = [&] {
    rig.write([](Operation& operation) {
      operation.reserve(2);
      operation.retire(operation.allocate(64), 64);
      operation.defer({nullptr, 0, Reclaimer::Duty::finish_webhook});
    });
  };
  std::optional<GuardedReader> reader;
  reader.emplace();
  hand_in();
  // Time enough for many grace periods, were there any.
  for (int i = 0; i < 50; ++i) {
    rig.reclaimer().throttle();
    std::this_thread::sleep_for(std::chrono::milliseconds{1});
    ASSERT_EQ(done.load(), 0);
    ASSERT_GE(rig.memory().index.used(), 64U);
  }
  EXPECT_GT(rig.reclaimer().pending(), 0U);
  reader.reset();
  rig.drain();
  EXPECT_EQ(done.load(), 1);
  EXPECT_EQ(rig.reclaimer().pending(), 0U);
  EXPECT_EQ(rig.used(), 0U);
}

// guards I2: a duty that fails for want of memory is asked again, once, and not those before it.
TEST(Reclaimer, RepeatsADutyThatRanOutOfMemory) {
  IndexRig rig;
  std::atomic<int> asked{0};
  rig.on_duty = [&](Operation&, const Reclaimer::Item&) {
    if (asked.fetch_add(1) == 1) throw std::bad_alloc{};
  };
  rig.write([](Operation& operation) {
    operation.reserve(3);
    for (int i = 0; i < 3; ++i) operation.defer({nullptr, 0, Reclaimer::Duty::finish_webhook});
  });
  rig.drain();
  EXPECT_EQ(asked.load(), 4);
  EXPECT_EQ(rig.used(), 0U);
}

// guards I14: small changes share a batch, and what each of them handed in is done once.
TEST(Reclaimer, SharesABatchAmongSmallChanges) {
  constexpr int kChanges = 1'000;
  IndexRig rig;
  std::atomic<int> done{0};
  rig.on_duty = [&](Operation&, const Reclaimer::Item&) { done.fetch_add(1); };
  std::optional<GuardedReader> reader;
  reader.emplace();
  for (int change = 0; change < kChanges; ++change) {
    rig.write([](Operation& operation) {
      operation.defer({nullptr, 0, Reclaimer::Duty::finish_webhook});
    });
  }
  // An item each, and some room: a batch of its own for each change would take four times as much.
  EXPECT_LT(rig.used(), 2 * kChanges * sizeof(Reclaimer::Item));
  EXPECT_GE(rig.reclaimer().pending(), kChanges * sizeof(Reclaimer::Item));
  reader.reset();
  rig.drain();
  EXPECT_EQ(done.load(), kChanges);
  EXPECT_EQ(rig.reclaimer().pending(), 0U);
  EXPECT_EQ(rig.used(), 0U);
}

TEST(Reclaimer, DoesAllThatIsDueBeforeItEnds) {
  std::atomic<int> done{0};
  {
    IndexRig rig;
    rig.on_duty = [&](Operation& operation, const Reclaimer::Item&) {
      // Duties make duties, as webhooks leave segments behind.
      if (done.fetch_add(1) < 10) operation.defer({nullptr, 0, Reclaimer::Duty::forget_symbol});
    };
    rig.write([](Operation& operation) {
      operation.defer({nullptr, 0, Reclaimer::Duty::finish_webhook});
    });
  }
  EXPECT_EQ(done.load(), 11);
}

}  // namespace
}  // namespace sluice::internal
