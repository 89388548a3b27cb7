// A Server on a port of its own, with a clock that a test moves, and sweeps that come at once.
#pragma once

#include <chrono>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>

#include "http/http_date.hpp"
#include "http/server.hpp"
#include "tests/server/http/raw_client.hpp"
#include "tests/server/http/scripted_handler.hpp"
#include "tests/server/support/manual_clock.hpp"

namespace sluice::http {

/// Waits until `condition` holds; five minutes at most, which is for machines that stall.
template <class Condition>
bool eventually(Condition&& condition) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::minutes(5);
  while (!condition()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::yield();
  }
  return true;
}

inline ServerOptions test_options() {
  ServerOptions options;
  options.listen = "127.0.0.1:0";
  options.threads = 2;
  options.sweep_interval = std::chrono::milliseconds(2);
  return options;
}

inline ServerOptions one_thread() {
  ServerOptions options = test_options();
  options.threads = 1;
  return options;
}

class ServerStage {
 public:
  explicit ServerStage(ScriptedHandler::Script script,
                       const ServerOptions& options = test_options())
      : handler_(std::move(script)), server_(options, handler_, clock_) {
    server_.start();
  }

  RawClient connect(const std::string& from = "") const {
    return RawClient(server_.address(), from);
  }
  /// A client that has sent `bytes`, which the server has received.
  RawClient connect_and_send(std::string_view bytes) const {
    RawClient client = connect();
    send(client, bytes);
    return client;
  }
  /// Sends, and waits until the server has received it.
  void send(RawClient& client, std::string_view bytes) const {
    const std::uint64_t wanted = stats().bytes_received + bytes.size();
    client.send(bytes);
    if (!eventually([&] { return stats().bytes_received >= wanted; })) {
      throw std::runtime_error("the server did not receive what was sent");
    }
  }

  /// Moves the clock, and waits until the sweeps have seen it. For servers of one thread.
  void pass(std::chrono::seconds duration) {
    clock_.advance(duration);
    HttpDate date;
    date.set(clock_.now());
    const auto has_seen = [&] {
      try {
        const std::string answer = connect().ask("OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n");
        return answer.find(date.text()) != std::string::npos;
      } catch (const std::runtime_error&) {
        return false;  // that connection fell to the very sweep
      }
    };
    if (!eventually(has_seen)) throw std::runtime_error("the server does not sweep");
  }

  ServerStats stats() const { return server_.stats(); }
  bool has_open(std::uint64_t connections) const {
    return eventually([&] { return stats().connections_open == connections; });
  }
  testkit::ManualClock& clock() { return clock_; }
  Server& server() { return server_; }

 private:
  testkit::ManualClock clock_;
  ScriptedHandler handler_;
  Server server_;
};

}  // namespace sluice::http
