// The webhooks of a simulation, as the config store has them.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "delivery/target_source.hpp"
#include "tests/server/delivery/simulation/sim_loop.hpp"
#include "tests/server/delivery/simulation/sim_records.hpp"

namespace sluice::testkit {

struct SimWebhook {
  std::uint32_t number = 0;
  std::uint32_t organisation = 1;
  bool is_active = true;
  std::vector<domain::Channel> channels;
};

struct SimWebhooks {
  SimWebhook& add(std::uint32_t organisation, std::vector<boost::json::object> channels,
                  domain::ChannelKind kind = domain::ChannelKind::webhook) {
    SimWebhook webhook;
    webhook.number = ++last_webhook;
    webhook.organisation = organisation;
    for (boost::json::object& configs : channels) {
      domain::Channel channel;
      channel.number = ++last_channel;
      channel.kind = kind;
      channel.configs = std::move(configs);
      webhook.channels.push_back(std::move(channel));
    }
    return all[webhook.number] = std::move(webhook);
  }

  std::map<std::uint32_t, SimWebhook> all;
  std::uint32_t last_webhook = 0;
  std::uint32_t last_channel = 0;
};

/// Answers after a while, or inside the call when `pause` is 0.
class SimTargets final : public delivery::TargetSource {
 public:
  SimTargets(SimLoop& loop, SimWebhooks& webhooks, SimRecords& records)
      : loop_(loop), webhooks_(webhooks), records_(records) {}

  void load(std::uint32_t webhook, Receiver receiver) override {
    ++loads;
    if (pause.count() == 0) {
      receiver(read(webhook));
      return;
    }
    loop_.run_at(loop_.steady_now() + pause,
                 [this, webhook, receiver = std::move(receiver)] { receiver(read(webhook)); });
  }

  std::chrono::microseconds pause{0};
  std::uint64_t loads = 0;

 private:
  std::optional<delivery::WebhookTargets> read(std::uint32_t number) {
    const auto found = webhooks_.all.find(number);
    if (found == webhooks_.all.end()) return std::nullopt;
    const SimWebhook& webhook = found->second;
    delivery::WebhookTargets targets;
    targets.organisation = webhook.organisation;
    targets.is_active = webhook.is_active && !records_.disabled.contains(number);
    if (const auto health = records_.health.find(number); health != records_.health.end())
      targets.health = health->second;
    targets.health.webhook = number;
    for (const domain::Channel& channel : webhook.channels) {
      auto target = std::make_shared<delivery::DeliveryTarget>();
      target->webhook = number;
      target->webhook_id = "wh_" + std::to_string(number);
      target->organisation = webhook.organisation;
      target->channel = channel;
      targets.channels.push_back(std::move(target));
    }
    return targets;
  }

  SimLoop& loop_;
  SimWebhooks& webhooks_;
  SimRecords& records_;
};

}  // namespace sluice::testkit
