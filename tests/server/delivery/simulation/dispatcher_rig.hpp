// A dispatcher in a world of its own, for tests that look at what it does.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <map>
#include <utility>
#include <vector>

#include "tests/server/delivery/simulation/sim_world.hpp"

namespace sluice::testkit {

/// A world with one organisation, that notes what arrives.
class DispatcherRig : public testing::Test {
 protected:
  DispatcherRig() {
    world.receivers.on_arrival = [this](const delivery::Delivery& each) {
      for (const delivery::OwedEvent& event : each.events)
        arrived[each.target->channel.number].push_back(event.sequence);
    };
    world.receivers.on_send = [this](const delivery::Delivery& each) { sent.push_back(each); };
  }

  std::uint32_t add_webhook(boost::json::object configs = {}) {
    return world.webhooks.add(1, {std::move(configs)}).number;
  }
  std::uint32_t channel_of(std::uint32_t webhook) {
    return world.webhooks.all[webhook].channels.front().number;
  }
  void behave(std::uint32_t webhook, Behaviour behaviour) {
    world.receivers.behaviours[channel_of(webhook)] = behaviour;
  }
  /// An operator or a user pauses the webhook, or lets it go on.
  void set_active(std::uint32_t webhook, bool is_active) {
    world.webhooks.all[webhook].is_active = is_active;
    if (is_active) world.records.disabled.erase(webhook);
    world.dispatcher().webhook_changed(webhook);
  }
  void restart() {
    world.kill();
    world.start();
  }

  SimWorld world;
  std::map<std::uint32_t, std::vector<journal::Sequence>> arrived;
  std::vector<delivery::Delivery> sent;
};

}  // namespace sluice::testkit
