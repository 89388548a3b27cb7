// Years of faults in seconds, from one seed: SLUICE_SEED repeats a run, SLUICE_SIMULATION_STEPS makes it
// longer. guards D1, D2, D3 and D4.
#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <random>
#include <string>

#include "tests/server/delivery/simulation/sim_oracle.hpp"
#include "tests/server/delivery/simulation/sim_world.hpp"

namespace sluice::testkit {
namespace {

using namespace std::chrono_literals;

std::uint64_t from_environment(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

class Simulation {
 public:
  explicit Simulation(std::uint64_t seed) : random_(seed), world(seed), oracle(world) {
    world.progress.keeps_history = true;
    world.options.queued_per_channel = 24;
    world.options.queued = 400;
    world.options.idle_webhooks = 4;
    world.options.cached_event_bytes = 8'192;
    world.options.in_flight = 200;
    world.load_pause = 300us;
    if (seed % 2 == 0) world.events.limit = 500;  // far less than what failing receivers are owed
    for (int i = 0; i < 12; ++i) add_webhook();
    healthy_ = world.webhooks.add(1, {{}}).number;
    oracle.expect_prompt(world.webhooks.all[healthy_].channels[0].number, 200ms);
    world.start();
  }

  void act() {
    const std::uint64_t dice = random_() % 1'000;
    if (dice < 600) {
      publish();
    } else if (dice < 940) {
      world.loop.run_for(pause());
    } else if (dice < 965) {
      change_receiver();
    } else if (dice < 985) {
      change_webhook();
    } else if (dice < 990) {
      crash();
    } else {
      change_disk();
    }
  }

  /// Everything heals, and then everything must come to its end.
  void finish() {
    heal();
    for (int day = 0; day < 12 && oracle.owed() > 0; ++day) {
      for (int hour = 0; hour < 24; ++hour) {
        world.loop.run_for(1h);
        revive();
      }
    }
    world.loop.run_for(1min);
    oracle.check_nothing_is_owed();
  }

 private:
  bool chance(unsigned percent) { return random_() % 100 < percent; }
  std::uint64_t below(std::uint64_t limit) { return random_() % limit; }

  std::chrono::microseconds pause() {
    const std::uint64_t dice = below(100);
    if (dice < 60) return std::chrono::microseconds(below(5'000));
    if (dice < 85) return std::chrono::milliseconds(below(2'000));
    if (dice < 97) return std::chrono::seconds(below(120));
    if (dice < 99) return std::chrono::minutes(below(180));
    return std::chrono::hours(below(30));
  }

  boost::json::object configs() {
    boost::json::object configs;
    if (chance(20)) configs["ordered"] = true;
    if (chance(20)) configs["rate_limit"] = static_cast<double>(1 + below(50));
    if (chance(40)) configs["max_in_flight"] = 1 + below(6);
    if (chance(25))
      configs["batch"] =
          boost::json::object{{"max_events", 2 + below(6)}, {"max_wait_ms", 1 + below(300)}};
    return configs;
  }

  void add_webhook() {
    std::vector<boost::json::object> channels;
    for (std::uint64_t count = 1 + below(3); count > 0; --count) channels.push_back(configs());
    world.webhooks.add(static_cast<std::uint32_t>(1 + below(2)), std::move(channels));
  }

  void publish() {
    const auto organisation = static_cast<std::uint32_t>(1 + below(2));
    for (std::uint64_t count = chance(3) ? 300 : 1 + below(8); count > 0; --count) {
      std::vector<std::uint32_t> matched;
      for (const auto& [number, webhook] : world.webhooks.all) {
        const bool matches = number == healthy_ ? chance(60) : chance(25);
        if (webhook.organisation == organisation && webhook.is_active &&
            !world.records.disabled.contains(number) && matches) {
          matched.push_back(number);
        }
      }
      oracle.note_published(world.events.committed_through() + 1, matched);
      world.publish(std::move(matched), organisation);
    }
  }

  SimWebhook* some_webhook() {
    auto chosen = world.webhooks.all.begin();
    std::advance(chosen, static_cast<std::ptrdiff_t>(below(world.webhooks.all.size())));
    return chosen->first == healthy_ ? nullptr : &chosen->second;
  }

  void change_receiver() {
    if (SimWebhook* webhook = some_webhook()) {
      const domain::Channel& channel = webhook->channels[below(webhook->channels.size())];
      world.receivers.behaviours[channel.number] = static_cast<Behaviour>(below(11));
    }
  }

  void change_webhook() {
    SimWebhook* webhook = some_webhook();
    if (webhook == nullptr) return;
    const std::uint32_t number = webhook->number;
    const std::uint64_t dice = below(100);
    if (dice < 50) {
      webhook->is_active = !webhook->is_active;
      if (webhook->is_active) world.records.disabled.erase(number);
    } else if (dice < 65) {
      domain::Channel& channel = webhook->channels[below(webhook->channels.size())];
      channel.configs = configs();
      oracle.note_reconfigured(channel);
    } else if (dice < 80 && webhook->channels.size() > 1) {
      oracle.note_removed(webhook->channels.back().number);
      webhook->channels.pop_back();
    } else if (dice < 90) {
      domain::Channel channel;
      channel.number = ++world.webhooks.last_channel;
      channel.configs = configs();
      oracle.note_added(*webhook, channel);
      webhook->channels.push_back(std::move(channel));
    } else {
      remove(*webhook);
      add_webhook();
      world.dispatcher().webhook_removed(number);
      return;
    }
    world.dispatcher().webhook_changed(number);
  }

  void remove(const SimWebhook& webhook) {
    for (const domain::Channel& channel : webhook.channels) oracle.note_removed(channel.number);
    world.webhooks.all.erase(webhook.number);
  }

  void crash() {
    const bool is_power_cut = chance(30);
    oracle.note_crash(is_power_cut);
    world.kill();
    if (is_power_cut && !world.progress.history.empty()) {
      const std::size_t lost = below(world.progress.history.size());
      world.progress.state = world.progress.history[world.progress.history.size() - 1 - lost];
    }
    world.progress.history.clear();
    world.progress.fails_to_write = world.records.fails_to_write = false;
    world.events.fails_to_read = false;
    if (chance(50)) world.loop.run_for(pause());
    oracle.note_restart();
    world.start();
  }

  void change_disk() {
    switch (below(5)) {
      case 0: world.records.fails_to_write = chance(30); break;
      case 1: world.progress.fails_to_write = chance(30); break;
      case 2: world.events.drop_released(); break;
      case 3: world.loop.shift_wall(std::chrono::minutes(below(240)) - 120min); break;
      default: world.ledger_pause = std::chrono::microseconds(below(50'000)); break;
    }
  }

  void heal() {
    world.receivers.behaviours.clear();
    world.records.fails_to_write = world.progress.fails_to_write = false;
    world.events.fails_to_read = false;
    revive();
  }

  // What the dispatcher has disabled, or somebody has paused, is set to active.
  void revive() {
    for (auto& [number, webhook] : world.webhooks.all) {
      if (webhook.is_active && !world.records.disabled.contains(number)) continue;
      webhook.is_active = true;
      world.records.disabled.erase(number);
      world.dispatcher().webhook_changed(number);
    }
  }

  std::mt19937_64 random_;
  std::uint32_t healthy_ = 0;

 public:
  SimWorld world;
  SimOracle oracle;
};

TEST(Simulation, KeepsEveryGuaranteeThroughFaults) {
  const std::uint64_t first = from_environment("SLUICE_SEED", 1);
  const std::uint64_t steps = from_environment("SLUICE_SIMULATION_STEPS", 200'000);
  std::uint64_t done = 0;
  std::uint64_t arrivals = 0;
  for (std::uint64_t seed = first; done < steps; ++seed) {
    Simulation simulation(seed);
    for (int action = 0; action < 1'000 && simulation.oracle.failure().empty(); ++action)
      simulation.act();
    if (simulation.oracle.failure().empty()) simulation.finish();
    ASSERT_EQ(simulation.oracle.failure(), "") << "repeat with SLUICE_SEED=" << seed;
    done += simulation.world.loop.steps();
    arrivals += simulation.oracle.arrivals;
  }
  RecordProperty("steps", std::to_string(done));
  RecordProperty("arrivals", std::to_string(arrivals));
}

}  // namespace
}  // namespace sluice::testkit
