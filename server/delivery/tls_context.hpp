// What all TLS connections share: whom to trust, which versions, and the sessions to resume.
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "delivery/ticket_store.hpp"

struct ssl_ctx_st;

namespace sluice::delivery {

struct TlsOptions {
  std::string extra_ca_file;            // PEM, trusted besides the system's; empty: none
  std::size_t resumable_peers = 4'096;  // whose sessions are kept
};

/// TLS 1.2 and later, with the peer's certificate verified. Thread safety: every member, from any
/// thread.
class TlsContext {
 public:
  /// Errors: std::runtime_error when the extra certificates cannot be read.
  explicit TlsContext(const TlsOptions& options = {});
  TlsContext(const TlsContext&) = delete;
  TlsContext& operator=(const TlsContext&) = delete;

  ssl_ctx_st* native() noexcept { return context_.get(); }
  TicketStore& tickets() noexcept { return tickets_; }

 private:
  struct Free {
    void operator()(ssl_ctx_st* context) const noexcept;
  };
  TicketStore tickets_;
  std::unique_ptr<ssl_ctx_st, Free> context_;
};

}  // namespace sluice::delivery
