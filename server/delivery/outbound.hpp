// What is asked of the HTTP client and what it answers: values, without a socket in sight.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "delivery/header_block.hpp"
#include "delivery/ip_address.hpp"
#include "delivery/response_parser.hpp"
#include "domain/url.hpp"

namespace sluice::delivery {

/// Where requests of one channel go and what all of them begin with: made once, shared by all of
/// them. Immutable. Thread safety: every member, from any thread.
class RequestHead {
 public:
  enum class Method : std::uint8_t { get, post };

  /// Errors: std::invalid_argument when the URL holds what no parser of URLs lets through and what
  /// would end the request line.
  RequestHead(Method method, domain::Url url, const HeaderBlock& headers);

  const domain::Url& url() const noexcept { return url_; }
  Method method() const noexcept { return method_; }
  /// Request line, Host and the fixed headers, each line with its CR LF.
  const std::string& text() const noexcept { return text_; }
  /// Scheme, host and port: requests of the same origin share connections.
  const std::string& origin() const noexcept { return origin_; }

 private:
  domain::Url url_;
  std::string text_;
  std::string origin_;
  Method method_;
};

struct Deadlines {
  std::chrono::milliseconds connect{5'000};  // of one TCP connect
  std::chrono::milliseconds tls{5'000};      // of one TLS handshake
  /// From send() to the last byte of the response: waiting for a connection, name resolution,
  /// connecting and repeating included.
  std::chrono::milliseconds total{10'000};
};

struct OutboundRequest {
  std::shared_ptr<const RequestHead> head;
  HeaderBlock headers;  // of this attempt
  std::string_view body;
  std::shared_ptr<const void> body_owner;  // keeps `body` alive; may be null
  Deadlines deadlines;
  std::size_t response_cap = 16 * 1024;  // bytes of the response's body that are kept
  /// Do not send again on a fresh connection when a reused one broke before any byte of a response
  /// came: for receivers that cannot recognise a repeated request (SMS).
  bool never_repeat = false;
};

enum class Outcome : std::uint8_t {
  response,            // complete; `status` decides
  refused_connection,  // ECONNREFUSED
  unreachable,         // no route, network or host down
  timeout,             // a deadline passed; `phase` says in what
  tls_error,           // handshake or certificate
  dns_error,           // no such name, no answer
  egress_refused,      // EgressGuard refused an address
  reset,               // the connection ended before the response did
  malformed,           // the response is not HTTP/1.x
  too_large,           // the response's header is over its limit
  overloaded,          // the client holds as many requests as it may
  cancelled,           // cancel() or the client's end
};
std::string_view to_text(Outcome outcome) noexcept;
/// What connect(2) means by `error`, an errno.
Outcome outcome_of_connect(int error) noexcept;

/// How far a request came.
enum class Phase : std::uint8_t { queue, resolve, connect, tls, request, response };
std::string_view to_text(Phase phase) noexcept;

struct OutboundResult {
  Outcome outcome = Outcome::cancelled;
  Phase phase = Phase::queue;  // where it ended
  /// False: surely no byte of the request left this host, on any connection.
  bool may_have_been_sent = false;
  bool reused_connection = false;
  bool body_truncated = false;  // the response's body was longer than response_cap
  int status = 0;               // 0: no status line was read; may be set with other outcomes
  std::string retry_after;      // of the response's header; empty: not there
  std::string content_type;
  std::string body;    // at most response_cap bytes
  std::string detail;  // one sentence for people; holds no secret of the URL
  std::optional<IpAddress> address;
  std::chrono::microseconds connect_time{};  // resolution, connect and TLS; 0 on a kept connection
  std::chrono::microseconds total_time{};

  /// What is known of a response, complete or not.
  void take(Response&& response);
};

}  // namespace sluice::delivery
