// What one I/O thread counts, readable by all.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/counter.hpp"
#include "base/durations.hpp"
#include "http/server_stats.hpp"

namespace sluice::http {

using base::Counter;

struct RouteCounters {
  std::array<Counter, 6> responses_by_class;
  base::DurationHistogram durations;

  void add_to(RouteStats& stats) const noexcept {
    for (std::size_t i = 0; i < responses_by_class.size(); ++i)
      stats.responses_by_class.at(i) += responses_by_class.at(i).value();
    durations.add_to(stats.durations);
  }
};

struct alignas(128) ThreadCounters {
  Counter requests;
  std::array<Counter, 6> responses_by_class;
  Counter bytes_received;
  Counter bytes_sent;
  Counter connections_accepted;
  Counter connections_closed;
  Counter refused_connection_limit;
  Counter refused_address_limit;
  Counter refused_malformed;
  Counter refused_too_large;
  Counter timeouts;
  std::vector<RouteCounters> routes;  // as many as the handler has, from the start

  void add_to(ServerStats& stats) const {
    stats.routes.resize(routes.size());
    for (std::size_t i = 0; i < routes.size(); ++i) routes[i].add_to(stats.routes[i]);
    stats.requests += requests.value();
    for (std::size_t index = 0; index < responses_by_class.size(); ++index) {
      stats.responses_by_class.at(index) += responses_by_class.at(index).value();
    }
    stats.bytes_received += bytes_received.value();
    stats.bytes_sent += bytes_sent.value();
    const std::uint64_t closed = connections_closed.value();
    const std::uint64_t accepted = connections_accepted.value();
    stats.connections_accepted += accepted;
    stats.connections_open += accepted > closed ? accepted - closed : 0;
    stats.refused_connection_limit += refused_connection_limit.value();
    stats.refused_address_limit += refused_address_limit.value();
    stats.refused_malformed += refused_malformed.value();
    stats.refused_too_large += refused_too_large.value();
    stats.timeouts += timeouts.value();
  }
};

}  // namespace sluice::http
