// Addresses, as delivery speaks of them.
#pragma once

#include "base/ip_address.hpp"

namespace sluice::delivery {

using base::IpAddress;
using base::IpBlock;

}  // namespace sluice::delivery
