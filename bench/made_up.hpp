// Families that vary one dimension make up their own workload, and hold it only while it is timed.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "bench/stage.hpp"

namespace sluice::bench {

using MakeWorkload = std::function<std::unique_ptr<const Workload>()>;

/// Registers `name` + "/" + engine for our engine (its cache off and on) and for each baseline.
void register_made_up(const std::string& name, const MakeWorkload& make,
                      const std::vector<std::string>& baselines);

}  // namespace sluice::bench
