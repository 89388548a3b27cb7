// The certificate and the key that the listener shows, with the rules of its TLS: version 1.2 or
// later, ciphers with forward secrecy, HTTP/1.1 alone.
#pragma once

#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>

#include "base/mutex.hpp"
#include "base/time.hpp"

struct ssl_ctx_st;

namespace sluice::http {

class TlsStream;

/// Both PEM; they may be one file.
struct TlsFiles {
  std::string certificate;  // and the chain behind it, without the root
  std::string key;          // without a passphrase
};

/// Which of the files cannot be used, and why.
class TlsFileError : public std::runtime_error {
 public:
  enum class Which : std::uint8_t { certificate, key };
  TlsFileError(Which which_file, const std::string& why)
      : std::runtime_error(why), which(which_file) {}

  Which which;
};

/// Thread safety: every member, from any thread.
class TlsCredentials {
 public:
  /// Errors: TlsFileError, std::bad_alloc.
  explicit TlsCredentials(const TlsFiles& files);
  TlsCredentials(const TlsCredentials&) = delete;
  TlsCredentials& operator=(const TlsCredentials&) = delete;

  ssl_ctx_st* native() const noexcept { return context_.get(); }
  base::Time expires_at() const noexcept { return expires_at_; }
  /// Whether every user of the machine may read the key.
  bool is_key_exposed() const noexcept { return is_key_exposed_; }

 private:
  struct Free {
    void operator()(ssl_ctx_st* context) const noexcept;
  };
  std::unique_ptr<ssl_ctx_st, Free> context_;
  base::Time expires_at_;
  bool is_key_exposed_ = false;
};

/// The credentials of connections to come. Thread safety: every member, from any thread; once for
/// each connection, so a lock is no cost.
class CurrentCredentials {
 public:
  /// Null: connections are plain HTTP.
  void set(std::shared_ptr<const TlsCredentials> credentials);
  bool is_set() const;
  /// Null when there are none. Lifetime: the socket belongs to somebody else. Errors: std::bad_alloc.
  std::unique_ptr<TlsStream> open_stream(int socket) const;

 private:
  std::shared_ptr<const TlsCredentials> get() const;

  mutable base::Mutex mutex_;
  std::shared_ptr<const TlsCredentials> credentials_ SLUICE_GUARDED_BY(mutex_);
};

}  // namespace sluice::http
