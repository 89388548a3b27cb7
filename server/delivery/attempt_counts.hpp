// What attempts came to since the start. Those of tests are not counted, nor those that say nothing
// about the receiver.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <unordered_map>

#include "base/durations.hpp"
#include "delivery/sender.hpp"
#include "domain/channel.hpp"

namespace sluice::delivery {

/// Of one organisation. Regular value.
struct AttemptCounts {
  std::uint64_t delivered = 0;  // attempts that succeeded; a batch is one
  std::uint64_t delivered_events = 0;
  std::uint64_t failed = 0;  // attempts that did not
  base::Durations durations;  // of both
};

/// By domain::ChannelKind.
using AttemptDurations = std::array<base::Durations, 4>;

/// Thread safety: none. Memory: a kilobyte for each organisation that had an attempt.
class AttemptTotals {
 public:
  void count(std::uint32_t organisation, domain::ChannelKind kind, std::size_t events,
             const Verdict& verdict) {
    AttemptCounts& counts = by_organisation_[organisation];
    if (verdict.decision == Decision::delivered) {
      ++counts.delivered;
      counts.delivered_events += events;
    } else {
      ++counts.failed;
    }
    counts.durations.add(verdict.duration);
    by_kind_.at(static_cast<std::size_t>(kind)).add(verdict.duration);
  }

  const std::unordered_map<std::uint32_t, AttemptCounts>& by_organisation() const noexcept {
    return by_organisation_;
  }
  const AttemptDurations& by_kind() const noexcept { return by_kind_; }

 private:
  std::unordered_map<std::uint32_t, AttemptCounts> by_organisation_;
  AttemptDurations by_kind_;
};

}  // namespace sluice::delivery
