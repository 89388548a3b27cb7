// event_types of a webhook: names and patterns, and help for those that are neither.
#pragma once

#include <string>
#include <vector>

#include "domain/catalogue.hpp"
#include "domain/fields.hpp"

namespace sluice::domain {

/// Reads the required field `event_types`: names and patterns without repetitions, in their order.
/// With a closed catalogue each must be known, or cover something that is.
std::vector<std::string> read_event_types(Fields& fields, const Catalogue& catalogue);

}  // namespace sluice::domain
