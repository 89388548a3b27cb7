// A key of an organisation. Its text is shown once; the store keeps a digest of it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.hpp"
#include "domain/permission.hpp"

namespace sluice::base {
class Random;
}

namespace sluice::domain {

inline constexpr std::size_t kKeyPrefixBytes = 8;  ///< of the key's text, to recognise it by

struct ApiKey {
  std::uint32_t number = 0;
  std::uint32_t organisation = 0;
  std::string name;
  std::string prefix;  ///< the first kKeyPrefixBytes of the text
  PermissionSet permissions;
  std::optional<base::Time> expires_at;
  base::Time created_at;
  std::optional<base::Time> revoked_at;

  /// Neither revoked nor expired at `now`; a key expires at its expires_at, not after it.
  bool is_valid_at(base::Time now) const noexcept;
};

/// A new `sk_` + 32 alphanumerics.
std::string make_api_key(base::Random& random);

/// Whether `text` looks like a key that make_api_key makes: anything else needs no look-up.
bool is_api_key(std::string_view text) noexcept;

}  // namespace sluice::domain
