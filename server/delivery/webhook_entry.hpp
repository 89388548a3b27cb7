// What the dispatcher knows of a webhook at present.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <vector>

#include "delivery/delivery_channel.hpp"
#include "delivery/delivery_records.hpp"
#include "delivery/progress_store.hpp"

namespace sluice::delivery {

struct WebhookEntry {
  using TimePoint = std::chrono::steady_clock::time_point;

  enum class State : std::uint8_t {
    loading,  // its channels are not known yet
    ready,
    gone  // there is no such webhook
  };

  /// What comes in while an answer of the TargetSource is awaited.
  struct Arrivals {
    std::vector<journal::Sequence> events;  // for channels that are not known yet
    std::vector<ChannelProgress> progress;  // of an earlier process
    std::vector<WaitingSummary> waiting;
    std::vector<std::function<void(WebhookEntry&)>> questions;
    journal::Sequence new_from = 0;  // what came before is not owed to channels that are new
  };

  explicit WebhookEntry(std::uint32_t webhook_number) : number(webhook_number) {}

  DeliveryChannel* find(std::uint32_t channel) const {
    for (const auto& each : channels)
      if (each->number() == channel) return each.get();
    return nullptr;
  }
  bool has_work() const {
    for (const auto& each : channels)
      if (each->has_work()) return true;
    return false;
  }

  const std::uint32_t number;
  std::uint32_t organisation = 0;
  State state = State::loading;
  bool is_active = true;
  bool is_loading = false;   // an answer of the TargetSource is awaited; nothing is sent meanwhile
  bool is_outdated = false;  // it changed since that was asked for
  TimePoint paused_since{};  // when that was seen
  TimePoint paused_until{};  // when its patience ends
  std::vector<std::unique_ptr<DeliveryChannel>> channels;
  std::unique_ptr<Arrivals> arrivals;  // while it is loading
  HealthRecord health;
  bool has_new_health = false;
  std::uint32_t pins = 0;                    // of those who need it to stay in the table
  std::list<WebhookEntry*>::iterator place;  // in the table's list of busy or of idle ones
  bool is_idle = false;
};

}  // namespace sluice::delivery
