// The HTTP server: START HERE. Gives every request to a Handler; knows nothing of what they mean.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "http/handler.hpp"
#include "http/server_options.hpp"
#include "http/server_stats.hpp"

namespace sluice::base {
class Clock;
}

namespace sluice::http {

/// Listens on construction, serves from start() to stop().
/// Lifetime: `handler` and `clock` outlive it; a Reply may outlive it.
class Server {
 public:
  /// Binds and listens, so that address() is known; connections wait for start().
  /// Errors: std::invalid_argument for the listen text, std::system_error from the sockets.
  Server(const ServerOptions& options, Handler& handler, const base::Clock& clock);

  /// Stops at once if stop() has not been called.
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  /// Starts the I/O threads. Errors: std::system_error.
  void start();

  /// Shows these credentials to those who connect from now on. Only for a server that was made with
  /// some. Thread safety: any.
  void use(std::shared_ptr<const TlsCredentials> credentials);

  /// The bound address, "127.0.0.1:8080" or "[::1]:8080".
  std::string address() const;

  /// Stops accepting, closes idle connections, lets running requests finish with `Connection:
  /// close`, and after `deadline` closes what is left; returns when every I/O thread has ended.
  /// Thread safety: any thread but those of the server. Later calls only wait.
  void stop(std::chrono::milliseconds deadline);

  /// Thread safety: any. Each counter is exact for some moment during the call.
  ServerStats stats() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace sluice::http
