// How this program was built, and on what it runs: whether its timings may be believed at all, and
// what has to be told with them.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace sluice::bench {

/// Why timings of this build mean nothing; nothing for an optimised build without assertions and
/// sanitizers.
std::optional<std::string> build_problem();

/// Commit, compiler, flags, processor, governor, simdjson's kernels: key and value.
std::vector<std::pair<std::string, std::string>> build_facts();

}  // namespace sluice::bench
