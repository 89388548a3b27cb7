// TLS upon a socket that never blocks: the server's side of one connection, in the terms of
// PlainStream. The handshake happens inside of the first reads.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

#include "http/plain_stream.hpp"

struct ssl_st;

namespace sluice::http {

class TlsCredentials;

/// Thread safety: one thread at a time. Lifetime: the socket belongs to somebody else; the
/// credentials may end.
class TlsStream {
 public:
  /// Errors: std::bad_alloc.
  TlsStream(const TlsCredentials& credentials, int socket);
  ~TlsStream();
  TlsStream(const TlsStream&) = delete;
  TlsStream& operator=(const TlsStream&) = delete;

  /// Decrypts what has arrived, as much as `into` takes. Ended: the peer has said that it sends no
  /// more, or has closed; what is sent in answer may still reach it.
  Transfer read(std::span<char> into);
  /// Encrypts and sends a part. After would_block the same bytes must be offered again, with others
  /// behind them or not.
  Transfer write(std::string_view bytes);
  /// Says goodbye, if anybody would understand it: nothing is written any more.
  void end() noexcept;

  /// Whether the handshake is done.
  bool is_open() const noexcept;
  /// Whether read() said would_block because something must be sent first.
  bool waits_for_room() const noexcept;
  /// Whether the peer speaks HTTP without TLS. Nothing was answered.
  bool is_plain_http() const noexcept { return transport_.is_plain_http; }
  /// What went wrong; empty: nothing.
  std::string_view failure() const noexcept { return failure_; }

 private:
  struct Bio;  // OpenSSL's view of transport_

  /// The socket, of which one read() takes a bounded number of bytes, so that a flood of records
  /// without content does not hold the thread.
  struct Transport {
    PlainStream socket;
    std::size_t budget = 0;
    bool is_spent = false;     // the budget
    bool was_short = false;    // the last read from the socket: an edge will tell of more
    bool has_content = false;  // this read() has given something, and need not be sure
    bool has_begun = false;
    bool has_ended = false;
    bool is_plain_http = false;
  };
  struct Free {
    void operator()(ssl_st* connection) const noexcept;
  };

  Transfer::Outcome outcome_of(int result);
  void begin_turn(std::size_t budget) noexcept;

  Transport transport_;
  std::string_view failure_;
  bool has_said_goodbye_ = false;
  std::unique_ptr<ssl_st, Free> connection_;
};

}  // namespace sluice::http
