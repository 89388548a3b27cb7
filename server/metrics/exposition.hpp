// A Snapshot in the text format of Prometheus.
#pragma once

#include <string>

#include "metrics/snapshot.hpp"

namespace sluice::metrics {

/// Label values come from sets that are fixed when the service is built: routes, status classes,
/// kinds of channels, reasons. Nothing that a user chose is in them.
/// Complexity: O(routes). Errors: std::bad_alloc.
std::string exposition(const Snapshot& snapshot);

}  // namespace sluice::metrics
