// Who is calling: API keys, looked up by the digest of what the caller sent.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <variant>

#include "base/clock.hpp"
#include "base/digest.hpp"
#include "base/mutex.hpp"
#include "domain/api_key.hpp"
#include "domain/permission.hpp"

namespace sluice::store {
class ApiKeys;
}

namespace sluice::api {

/// Why a request may not go on.
struct Refusal {
  int status = 401;
  std::string message;
};

/// Keeps the keys that were used, so that a request costs one SHA-256 and one look-up in memory. A
/// key that another process creates is found at its first use; refresh() notices what others revoke.
/// Thread safety: every member, from any thread.
class Authenticator {
 public:
  Authenticator(store::ApiKeys& store, const base::Clock& clock);

  /// The key that `authorization` (the header's value) names, if it may do `wanted`. 503: it is none
  /// that was used lately, and the store cannot be read. Errors: std::bad_alloc.
  std::variant<domain::ApiKey, Refusal> check(std::string_view authorization,
                                              domain::Permission wanted);

  /// Forgets every key if any was changed since the last call; to be called several times a second,
  /// and after each change of this process.
  void refresh();

 private:
  struct HashDigest {
    std::size_t operator()(const base::Digest& digest) const noexcept;
  };
  static constexpr std::size_t kMostKeys = 100'000;

  std::optional<domain::ApiKey> find(std::string_view text);

  store::ApiKeys& store_;
  const base::Clock& clock_;
  base::Mutex mutex_;
  std::unordered_map<base::Digest, domain::ApiKey, HashDigest> keys_ SLUICE_GUARDED_BY(mutex_);
  std::uint64_t changes_ SLUICE_GUARDED_BY(mutex_) = 0;
};

}  // namespace sluice::api
