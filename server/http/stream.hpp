// What the bytes of a connection go through: its socket, or TLS upon it. A connection without TLS
// pays a comparison for the choice.
#pragma once

#include <memory>
#include <span>
#include <string_view>
#include <utility>

#include "http/plain_stream.hpp"
#include "http/tls_stream.hpp"

namespace sluice::http {

/// Thread safety: one thread at a time. Lifetime: the socket belongs to somebody else.
class Stream {
 public:
  /// `tls` is null for a plain one.
  Stream(int socket, std::unique_ptr<TlsStream> tls) noexcept
      : plain_(socket), tls_(std::move(tls)) {}

  Transfer read(std::span<char> into) { return tls_ ? tls_->read(into) : plain_.read(into); }
  Transfer write(std::string_view bytes) { return tls_ ? tls_->write(bytes) : plain_.write(bytes); }
  /// Before the end of writing.
  void end() noexcept {
    if (tls_) tls_->end();
  }

  bool is_open() const noexcept { return !tls_ || tls_->is_open(); }
  bool waits_for_room() const noexcept { return tls_ && tls_->waits_for_room(); }
  bool is_plain_http() const noexcept { return tls_ && tls_->is_plain_http(); }
  std::string_view failure() const noexcept { return tls_ ? tls_->failure() : std::string_view{}; }

  /// The peer is answered as it has spoken.
  void become_plain() noexcept { tls_.reset(); }
  /// What lies in front of TLS.
  const PlainStream& plain() const noexcept { return plain_; }

 private:
  PlainStream plain_;
  std::unique_ptr<TlsStream> tls_;
};

}  // namespace sluice::http
