// How long attempts took, for each kind of channel.
#pragma once

#include <array>
#include <cstddef>

#include "base/durations.hpp"
#include "domain/channel.hpp"

namespace sluice::delivery {

/// By domain::ChannelKind.
using AttemptDurations = std::array<base::Durations, 4>;

inline base::Durations& durations_of(AttemptDurations& all, domain::ChannelKind kind) noexcept {
  return all.at(static_cast<std::size_t>(kind));
}

}  // namespace sluice::delivery
