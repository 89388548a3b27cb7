// The channels of the webhook that a request replaces, and which of them lends its secrets to which
// channel of the request: masked values that come back stand for what is stored there.
#pragma once

#include <boost/json/array.hpp>
#include <vector>

#include "domain/webhook.hpp"

namespace sluice::domain {

/// For each element of a request's `channels`, the stored channel that it continues, or null: one
/// that has its kind and its target, masked or not, before one that has its kind and place. No
/// channel is given twice. Lifetime: as `previous`, which may be null.
std::vector<const Channel*> stored_counterparts(const Webhook* previous,
                                                const boost::json::array& channels);

}  // namespace sluice::domain
