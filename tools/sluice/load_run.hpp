// One run of `sluice load`. Requests become due by the clock, whether or not earlier ones were
// answered, and a latency counts from the moment a request was due: a service that stalls is charged
// for everything that it delayed, not for one request (coordinated omission, Gil Tene).
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "latency_histogram.hpp"

namespace sluice::tool {

struct LoadPlan {
  std::string url;      // of POST /v1/events
  std::string api_key;
  std::string ca_file;  // empty: the system's certificates
  std::vector<std::string> bodies;
  std::vector<std::size_t> events;  // of each body
  double requests_per_second = 10;  // 0: as fast as the connections go
  std::size_t connections = 8;
  std::chrono::duration<double> length{10};
};

struct LoadTotals {
  std::uint64_t sent = 0;      // requests that were due
  std::uint64_t accepted = 0;  // answered with 202
  std::uint64_t events = 0;    // of those
  std::uint64_t throttled = 0;  // 429
  std::uint64_t refused = 0;   // any other status
  std::uint64_t failed = 0;    // no answer
  std::string first_failure;   // what the first refused or failed one said
  std::chrono::duration<double> elapsed{};  // to the end of sending, and to the last answer
  LatencyHistogram latencies;  // of all answered
};

/// Runs `plan`; about once a second `live` is told how it stands, until `is_interrupted`.
/// Errors: Failure when the URL or the certificates cannot be used.
LoadTotals run_load(const LoadPlan& plan, const std::function<void(const LoadTotals&)>& live,
                    const std::function<bool()>& is_interrupted);

}  // namespace sluice::tool
