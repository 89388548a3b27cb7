// Webhooks of the configuration as the dispatcher asks for them.
#pragma once

#include <chrono>

#include "delivery/loop.hpp"
#include "delivery/target_source.hpp"

namespace sluice::store {
class Webhooks;
}

namespace sluice::delivery {

/// Reads in place: a look-up by number takes tens of microseconds. Lifetime: both outlive it.
class StoreTargets final : public TargetSource {
 public:
  StoreTargets(store::Webhooks& webhooks, Loop& loop) : webhooks_(webhooks), loop_(loop) {}

  void load(std::uint32_t webhook, Receiver receiver) override;

 private:
  static constexpr std::chrono::milliseconds kPause{200};  // after a failure of the store

  store::Webhooks& webhooks_;
  Loop& loop_;
};

}  // namespace sluice::delivery
