// What the connections of one I/O thread have in common.
#pragma once

#include <chrono>
#include <cstddef>
#include <list>
#include <memory>
#include <vector>

#include "http/connection_limits.hpp"
#include "http/poller.hpp"
#include "http/server_options.hpp"
#include "http/session_context.hpp"
#include "http/tls_credentials.hpp"

namespace sluice::http {

class Connection;

/// Thread safety: the I/O thread only.
struct ConnectionContext {
  using Instant = std::chrono::steady_clock::time_point;
  using Connections = std::list<std::unique_ptr<Connection>>;

  const ServerOptions& options;
  const CurrentCredentials& credentials;
  SessionContext& sessions;
  ConnectionLimits& connection_limits;
  Poller& poller;
  /// What every connection reads into; what a session leaves of it moves to the connection, so an
  /// idle connection has no buffer, and the bytes of a busy thread stay in the cache.
  std::vector<char> read_buffer;
  /// The time of the last sweep: deadlines are counted from it.
  Instant now;
  Connections connections;
};

}  // namespace sluice::http
