// What every part of the service counted, all at about one moment.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "delivery/dispatcher.hpp"
#include "domain/traffic.hpp"
#include "http/server_stats.hpp"
#include "journal/journal.hpp"
#include "metrics/process.hpp"
#include "sluice/matcher.hpp"

namespace sluice::metrics {

struct Snapshot {
  std::string version;
  domain::IntakeCounts events;
  MatcherStats matcher;
  journal::JournalStats journal;
  std::uint64_t backlog_limit_bytes = 0;  // at which events are refused
  http::ServerStats http;
  std::vector<std::string> route_names;  // of http.routes: "GET /v1/webhooks"
  std::optional<delivery::DispatcherStats> delivery;  // none: it did not answer in time
  ProcessStats process;
};

}  // namespace sluice::metrics
