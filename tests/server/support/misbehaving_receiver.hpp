// A receiver of webhooks on loopback that does whatever a test tells it to: the ways in which a peer
// can answer, and fail to.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "test_authority.hpp"

namespace sluice::testkit {

/// One request as it came over the wire.
struct ReceivedRequest {
  std::string head;  // up to and with the empty line
  std::string body;
  /// The value of a header, by its name in lower case; empty: it is not there.
  std::string header(std::string_view name) const;
};

/// One connection, on a thread of its own, as a test's script sees it.
class Conversation {
 public:
  virtual ~Conversation() = default;

  /// The next request; one without a head: the peer has closed.
  virtual ReceivedRequest read_request() = 0;
  /// False: the peer takes no more.
  virtual bool send(std::string_view bytes) = 0;
  /// Waits until the peer closes or the receiver ends, at most for `time`. True: either happened.
  virtual bool wait_for_end(std::chrono::milliseconds time = std::chrono::minutes{1}) = 0;
  /// Ends the connection with a RST.
  virtual void reset() = 0;
  virtual bool is_resumed() const = 0;  // the TLS session

  int number = 0;  // of the connection, from 0
};

class MisbehavingReceiver {
 public:
  using Script = std::function<void(Conversation&)>;

  /// Runs `script` for each connection, which ends with it. With an identity it speaks TLS.
  explicit MisbehavingReceiver(Script script, const TlsIdentity* identity = nullptr,
                               int max_tls_version = 0);
  ~MisbehavingReceiver();
  MisbehavingReceiver(const MisbehavingReceiver&) = delete;
  MisbehavingReceiver& operator=(const MisbehavingReceiver&) = delete;

  std::uint16_t port() const;
  /// http(s)://127.0.0.1:PORT and `path`.
  std::string url(std::string_view path = "/") const;

  int connections() const;                        // so far
  std::vector<ReceivedRequest> requests() const;  // that were read in whole, so far

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// A script that answers every request with `response`, byte for byte, until the peer closes.
MisbehavingReceiver::Script answer(std::string response);
/// A response with a body, its length, and further header lines (each with its CR LF).
std::string response(int status, std::string_view body = "", std::string_view headers = "");

/// A port of loopback that refuses connections (as nobody listens there).
std::uint16_t closed_port();

}  // namespace sluice::testkit
