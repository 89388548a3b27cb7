// A receiver that fails, hangs or floods costs the others nothing (D4), and memory stays bounded.
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <vector>

#include "delivery/delivery_channel.hpp"
#include "tests/server/delivery/simulation/dispatcher_rig.hpp"

namespace sluice::testkit {
namespace {

using namespace std::chrono_literals;

class DispatcherIsolation : public DispatcherRig {
 protected:
  /// The 99th percentile of the time from acceptance to arrival of 20,000 events, 1 ms apart, over
  /// 100 webhooks, of which `hanging` hang.
  static std::chrono::microseconds latency(std::uint32_t hanging) {
    SimWorld world;
    std::vector<std::chrono::microseconds> times;
    world.receivers.on_arrival = [&](const delivery::Delivery& each) {
      times.push_back(world.loop.now() - each.events.front().accepted_at);
    };
    std::vector<std::uint32_t> webhooks;
    for (std::uint32_t i = 0; i < 100; ++i) {
      const SimWebhook& webhook = world.webhooks.add(1, {{}});
      webhooks.push_back(webhook.number);
      if (i < hanging) world.receivers.behaviours[webhook.channels[0].number] = Behaviour::hanging;
    }
    world.start();
    for (std::size_t i = 0; i < 20'000; ++i) {
      world.publish({webhooks[i % 100]});
      world.loop.run_for(1ms);
    }
    std::sort(times.begin(), times.end());
    return times[times.size() * 99 / 100];
  }
};

// guards D4
TEST_F(DispatcherIsolation, OneHangingReceiverAmongAHundredDelaysNoOther) {
  EXPECT_LT(latency(1), latency(0) * 12 / 10);
}

// guards D4
TEST_F(DispatcherIsolation, ReceiversThatHangCannotTakeAllTheRoomThereIs) {
  world.options.in_flight = 64;
  std::vector<std::uint32_t> webhooks;
  for (int i = 0; i < 200; ++i) {
    webhooks.push_back(add_webhook());
    behave(webhooks.back(), Behaviour::hanging);
  }
  const std::uint32_t prompt = add_webhook();
  world.start();
  world.publish({prompt});
  world.loop.run_for(1s);  // it is known to answer
  world.publish(webhooks);
  for (int i = 0; i < 100; ++i) {
    world.publish({prompt});
    world.loop.run_for(10ms);
  }
  EXPECT_EQ(arrived[channel_of(prompt)].size(), 101U);
}

// guards D4
TEST_F(DispatcherIsolation, HealthyReceiversKeepTheirRateAmongThousandsThatFail) {
  world.options.queued = 50'000;
  std::vector<std::uint32_t> healthy;
  std::vector<std::uint32_t> failing;
  for (int i = 0; i < 5'000; ++i) {
    healthy.push_back(add_webhook());
    failing.push_back(add_webhook());
    behave(failing.back(), Behaviour::failing);
  }
  std::vector<std::uint32_t> all = healthy;
  all.insert(all.end(), failing.begin(), failing.end());
  std::uint64_t count = 0;
  world.receivers.on_arrival = [&](const auto&) { ++count; };
  world.receivers.on_send = nullptr;
  world.start();
  constexpr std::uint64_t kEvents = 8;
  for (std::uint64_t i = 0; i < kEvents; ++i) {
    world.publish(all);
    world.loop.run_for(100ms);
  }
  world.loop.run_for(1s);
  EXPECT_GE(count, kEvents * healthy.size() * 95 / 100);
  const delivery::DispatcherStats stats = world.dispatcher().stats();
  EXPECT_LE(stats.queued, world.options.queued + 10'000 * delivery::QueueBudget::kReserved);
  EXPECT_LE(stats.in_flight, world.options.in_flight);
  EXPECT_GE(stats.queued + stats.behind + stats.waiting, kEvents * failing.size());
  EXPECT_EQ(stats.open_circuits, failing.size());
}

TEST_F(DispatcherIsolation, AFloodForOneChannelStaysInTheJournal) {
  world.options.queued_per_channel = 100;
  world.options.queued = 150;
  const std::uint32_t flooded = add_webhook({{"rate_limit", 100}});
  const std::uint32_t other = add_webhook();
  world.start();
  for (int i = 0; i < 5'000; ++i) world.publish({flooded});
  for (int i = 0; i < 50; ++i) {
    world.publish({other});
    world.loop.run_for(10ms);
    EXPECT_LE(world.dispatcher().stats().queued, 150 + 2 * delivery::QueueBudget::kReserved);
  }
  world.loop.run_for(100ms);
  EXPECT_EQ(arrived[channel_of(other)].size(), 50U);
  EXPECT_GT(world.dispatcher().stats().behind, 4'000U);
  world.loop.run_for(1min);
  const std::vector<journal::Sequence>& events = arrived[channel_of(flooded)];
  EXPECT_EQ(events.size(), 5'000U);
  EXPECT_EQ(world.dispatcher().stats().behind, 0U);
}

}  // namespace
}  // namespace sluice::testkit
