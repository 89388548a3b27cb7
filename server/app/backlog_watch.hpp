// Says in the log whose event holds the backlog, before new events are refused: an operator has to know
// which webhook to look at, and no metric has webhooks as labels.
#pragma once

#include <chrono>
#include <cstdint>

#include "base/clock.hpp"
#include "config_store/organisations.hpp"
#include "config_store/webhooks.hpp"
#include "delivery/production/delivery_control.hpp"
#include "journal/journal.hpp"

namespace sluice::app {

/// Thread safety: one thread at a time. Lifetime: all that it is given outlives it.
class BacklogWatch {
 public:
  struct Parts {
    const base::Clock& clock;
    const journal::Journal& journal;
    std::uint64_t limit_bytes;  // of the backlog
    delivery::DeliveryControl& delivery;
    store::Webhooks& webhooks;
    store::Organisations& organisations;
  };

  explicit BacklogWatch(const Parts& parts) : parts_(parts) {}

  /// Writes a line if the backlog is above 80 % of its limit, at once and then every ten minutes.
  /// Errors: none; what cannot be found out is empty, or `unknown`.
  void look() noexcept;

 private:
  void tell(std::uint64_t percent);

  Parts parts_;
  std::chrono::steady_clock::time_point quiet_until_{};
};

}  // namespace sluice::app
