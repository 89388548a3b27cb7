// The process as its kernel sees it.
#pragma once

#include <cstdint>

namespace sluice::metrics {

struct ProcessStats {
  double cpu_seconds = 0;           // user and system
  double started_at = 0;            // seconds since 1970
  std::uint64_t resident_bytes = 0;
  std::uint64_t open_files = 0;
  std::uint64_t max_files = 0;
};

/// What cannot be read is 0. Complexity: O(open files). Thread safety: any thread.
ProcessStats process_stats();

}  // namespace sluice::metrics
