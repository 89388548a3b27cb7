// What the server counts. Each I/O thread counts for itself; stats() adds them up.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "base/durations.hpp"

namespace sluice::http {

/// The requests of one of the handler's routes that were answered.
struct RouteStats {
  std::array<std::uint64_t, 6> responses_by_class{};  // [2] is 2xx
  base::Durations durations;                          // from the whole head to the answer
};

struct ServerStats {
  std::uint64_t requests = 0;                         // heads that were complete
  std::array<std::uint64_t, 6> responses_by_class{};  // [2] is 2xx
  std::uint64_t bytes_received = 0;
  std::uint64_t bytes_sent = 0;
  std::uint64_t connections_accepted = 0;
  std::uint64_t connections_open = 0;
  std::uint64_t refused_connection_limit = 0;  // in total
  std::uint64_t refused_address_limit = 0;     // per address
  std::uint64_t refused_malformed = 0;         // 400, 417, 505
  std::uint64_t refused_too_large = 0;         // 413 by the session itself, 414, 431
  std::uint64_t timeouts = 0;                  // any deadline but keep-alive
  std::vector<RouteStats> routes;              // by the numbers that the handler gave them
};

}  // namespace sluice::http
