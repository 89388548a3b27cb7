// What an operator may set of the HTTP server, with the defaults.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "http/tls_credentials.hpp"
#include "http/trusted_proxies.hpp"

namespace sluice::http {

/// What one request may be, and how long its parts may take.
struct RequestLimits {
  std::size_t header_bytes = std::size_t{16} << 10U;  // request line and fields: 431 above
  std::size_t header_fields = 100;                    // 431 above
  std::size_t url_bytes = std::size_t{8} << 10U;      // 414 above
  std::uint64_t discard_bytes = std::uint64_t{64} << 10U;  // of a body that nobody wants
  std::chrono::milliseconds opening_deadline{10'000};  // of a PROXY header and a TLS handshake
  std::chrono::milliseconds header_deadline{10'000};  // from its first byte to its last: 408
  std::chrono::milliseconds body_inactivity{30'000};  // without a byte of a body: 408
  std::chrono::milliseconds body_grace{30'000};       // before the lowest rate is asked for
  std::uint64_t body_bytes_per_second = 256;          // the lowest rate, over the whole body: 408
  std::chrono::milliseconds write_deadline{30'000};   // without the peer taking a byte
  std::chrono::milliseconds keep_alive{75'000};       // between requests
};

struct ServerOptions {
  std::string listen = "127.0.0.1:8080";        // IPv6 in brackets; port 0: any free one
  unsigned threads = 0;                         // 0: one a core
  std::size_t connections = 10'000;             // 503 and close above
  std::size_t connections_per_address = 2'000;  // the same; IPv6 counts by /64
  std::chrono::milliseconds sweep_interval{500};  // how late a deadline may be noticed
  RequestLimits limits = {};
  std::shared_ptr<const TlsCredentials> tls = nullptr;  // null: plain HTTP
  TrustedProxies proxies = {};        // X-Forwarded-For is believed from these alone
  bool expects_proxy_header = false;  // each of their connections begins with the PROXY protocol
};

}  // namespace sluice::http
