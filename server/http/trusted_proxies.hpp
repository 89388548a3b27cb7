// Reverse proxies whose word about their clients is taken, and what X-Forwarded-For says in it.
//
// A proxy appends the address that it saw to the field, so the field is read from its right end:
// what stands left of the first address that is no trusted proxy's may be anybody's invention.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/ip_address.hpp"
#include "http/request.hpp"

namespace sluice::http {

/// Thread safety: every member, from any thread.
class TrustedProxies {
 public:
  /// Nobody is trusted.
  TrustedProxies() = default;
  /// Networks in CIDR notation, or single addresses. Errors: std::invalid_argument with the text
  /// that is none.
  explicit TrustedProxies(std::span<const std::string> networks);

  bool is_empty() const noexcept { return networks_.empty(); }
  bool contains(const base::IpAddress& address) const noexcept;

  /// Who sent a request that one of them has forwarded: the rightmost address of X-Forwarded-For
  /// that is not theirs, or the leftmost if all are. None: the field is absent, or what must be
  /// read of it is not an address.
  /// Complexity: O(fields + addresses that are read x networks).
  std::optional<base::IpAddress> client_of(std::span<const HeaderField> fields) const noexcept;

 private:
  std::vector<base::IpBlock> networks_;
};

}  // namespace sluice::http
