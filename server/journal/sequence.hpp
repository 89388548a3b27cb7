// The number of an event, by which every part of the service speaks of it.
#pragma once

#include <cstdint>

namespace sluice::journal {

/// Dense, from 1, in the order in which events were accepted; 0 means none. A number is never given
/// to two events that were acknowledged.
using Sequence = std::uint64_t;

}  // namespace sluice::journal
