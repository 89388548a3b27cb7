// What a channel's settings say about how it may be sent to.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

#include "domain/channel.hpp"

namespace sluice::delivery {

struct ChannelPolicy {
  std::uint32_t max_in_flight = 16;         // deliveries at a time, at least 1
  double per_second = 0;                    // 0: no limit
  bool is_ordered = false;                  // one at a time, and in order over retries too
  std::size_t batch_events = 1;             // more: several events in one delivery
  std::chrono::milliseconds batch_wait{0};  // for the batch to fill

  bool is_batching() const noexcept { return batch_events > 1; }
};

struct PolicyDefaults {
  std::uint32_t max_in_flight = 16;
  double slack_per_second = 1;
};

/// Reads `rate_limit`, `max_in_flight`, `ordered` and `batch {max_events, max_wait_ms}`. What is
/// absent, of another type or out of range is as by default: the configuration was validated when it
/// was written, and a delivery must not fail over it. Thread safety: pure.
ChannelPolicy read_policy(const domain::Channel& channel, const PolicyDefaults& defaults);

}  // namespace sluice::delivery
