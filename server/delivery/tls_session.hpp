// TLS between two buffers: bytes of the network go in and come out, and whoever owns the socket moves
// them. So TLS needs no more system calls than plain text does, and can be tested without sockets.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "delivery/tls_context.hpp"

struct ssl_st;
struct ssl_session_st;

namespace sluice::delivery {

/// The client's side of one connection. Thread safety: one thread at a time.
class TlsSession {
 public:
  enum class Progress : std::uint8_t { done, wants_input, ended, failed };

  /// `host` is verified against the certificate: a name in lower case, or an address; `peer` is whom
  /// sessions may be resumed with. Lifetime: `context` outlives it. Errors: std::bad_alloc.
  TlsSession(TlsContext& context, const std::string& host, std::string peer);
  ~TlsSession();
  TlsSession(const TlsSession&) = delete;
  TlsSession& operator=(const TlsSession&) = delete;

  /// Gives it bytes of the network; they must live until a call below has said `wants_input`.
  void feed(std::string_view bytes) noexcept { input_ = bytes; }
  /// Bytes for the network: the owner sends them and clears what it sent.
  std::string& output() noexcept { return output_; }

  /// Call it until it is `done`, and after each feed().
  Progress handshake();
  /// Decrypts into `plain`. done: `size` bytes, perhaps with more to follow; ended: the peer said
  /// that nothing will come.
  Progress read(std::span<char> plain, std::size_t& size);
  /// Encrypts all of it. False: the session has failed.
  bool write(std::string_view plain);
  /// Says goodbye into output(), after which the session can be resumed by another connection.
  void end();

  bool is_resumed() const;
  /// What went wrong, in one sentence.
  std::string failure() const;

  /// For TlsContext alone.
  void keep_ticket(ssl_session_st* session);

 private:
  struct Transport;  // OpenSSL's view of the two buffers
  struct Free {
    void operator()(ssl_st* connection) const noexcept;
  };
  Progress progress_of(int result);

  TlsContext& context_;
  std::string peer_;
  std::string_view input_;
  std::string output_;
  const char* reason_ = "";  // of the failure
  std::unique_ptr<ssl_st, Free> connection_;
};

}  // namespace sluice::delivery
