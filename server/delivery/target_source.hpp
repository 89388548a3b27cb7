// Where the dispatcher learns what a webhook's number stands for.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "delivery/delivery_records.hpp"
#include "delivery/sender.hpp"

namespace sluice::delivery {

/// A webhook, as far as delivery is concerned.
struct WebhookTargets {
  std::uint32_t organisation = 0;
  bool is_active = true;
  std::vector<std::shared_ptr<const DeliveryTarget>> channels;
  HealthRecord health;
};

/// Thread safety: the loop's thread only.
class TargetSource {
 public:
  using Receiver = std::function<void(std::optional<WebhookTargets>)>;

  virtual ~TargetSource() = default;
  TargetSource(const TargetSource&) = delete;
  TargetSource& operator=(const TargetSource&) = delete;

  /// Reads the webhook as it is now and gives it to `receiver` on the loop's thread, perhaps inside
  /// this call; nothing: there is no such webhook, and never will be again. Failures of the store are
  /// its own to retry.
  virtual void load(std::uint32_t webhook, Receiver receiver) = 0;

 protected:
  TargetSource() = default;
};

}  // namespace sluice::delivery
