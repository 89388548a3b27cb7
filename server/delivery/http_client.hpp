// HTTP/1.1 to receivers that nobody vouches for: vetted addresses, kept connections, a deadline for
// everything, bounded memory. It follows no redirect and decompresses nothing.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "delivery/event_loop.hpp"
#include "delivery/outbound.hpp"

namespace sluice::delivery {

class EgressGuard;
class Resolver;
class TlsContext;

struct HttpClientOptions {
  std::size_t connections_per_host = 256;  // further requests wait for one of them
  std::size_t connections = 16'384;        // in total; an idle one gives way to a new one
  std::size_t requests = 65'536;           // on their way or waiting; more are Outcome::overloaded
  std::size_t response_header_bytes = 32 * 1024;
  std::chrono::milliseconds idle_timeout{30'000};  // of a kept connection
};

/// The connections of one EventLoop. Thread safety: every member, on the loop's thread only.
class HttpClient {
 public:
  using RequestId = std::uint64_t;
  using Receiver = std::function<void(OutboundResult&&)>;

  /// `guard`, `resolver` and `tls` are shared with the clients of other loops and outlive this one.
  HttpClient(EventLoop& loop, const EgressGuard& guard, Resolver& resolver, TlsContext& tls,
             HttpClientOptions options = {});
  ~HttpClient();  // as stop()
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  /// Sends `request` and calls `receiver` exactly once, on the loop's thread, never inside this
  /// call.
  RequestId send(OutboundRequest request, Receiver receiver);

  /// Ends a request early: its receiver is called with Outcome::cancelled, inside this call. False:
  /// it had ended already.
  bool cancel(RequestId id);

  /// Cancels every request and closes every connection.
  void stop();

  struct Stats {
    std::size_t requests = 0;  // on their way or waiting
    std::size_t connections = 0;
    std::size_t idle_connections = 0;
    std::uint64_t connects = 0;  // since the start
  };
  Stats stats() const noexcept;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace sluice::delivery
