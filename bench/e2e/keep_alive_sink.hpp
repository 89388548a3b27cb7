// A receiver of webhooks that is as fast as can be, in a process of its own, so that the senders
// which are compared have the same peer and a processor to themselves.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>

namespace sluice::bench {

/// Answers each request with 200 when its signature is right, and with 400 otherwise.
class KeepAliveSink {
 public:
  /// With a certificate and key in PEM it speaks TLS. Errors: std::runtime_error.
  explicit KeepAliveSink(std::string secret, std::string certificate = {}, std::string key = {});
  ~KeepAliveSink();  // ends the process
  KeepAliveSink(const KeepAliveSink&) = delete;
  KeepAliveSink& operator=(const KeepAliveSink&) = delete;

  std::uint16_t port() const noexcept { return port_; }

 private:
  std::uint16_t port_ = 0;
  pid_t process_ = 0;
};

}  // namespace sluice::bench
