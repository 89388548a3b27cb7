// The keys of organisations. Of a key's text only its SHA-256 is kept.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/digest.hpp"
#include "base/mutex.hpp"
#include "base/time.hpp"
#include "domain/api_key.hpp"

namespace sluice::base {
class Clock;
class Random;
}  // namespace sluice::base

namespace sluice::store {

class Connections;
class Database;

/// A key that was just made, and its text, which nobody can find out again.
struct CreatedKey {
  domain::ApiKey key;
  std::string text;
};

/// Thread safety: every member, from any thread. Calls block. Errors: StoreError; std::bad_alloc.
class ApiKeys {
 public:
  ApiKeys(Connections& connections, const base::Clock& clock, base::Random& random);
  ~ApiKeys();

  /// The organisation must exist.
  CreatedKey create(std::uint32_t organisation, std::string_view name,
                    domain::PermissionSet permissions, std::optional<base::Time> expires_at);

  /// The key whose text has this digest, valid or not: the caller asks ApiKey::is_valid_at().
  std::optional<domain::ApiKey> find_by_digest(const base::Digest& digest);

  /// All keys of the organisation, newest first, those that are revoked or expired too.
  std::vector<domain::ApiKey> list(std::uint32_t organisation);

  enum class RevokeError : std::uint8_t { not_found, ambiguous };
  /// Ends the key with this number or this prefix; that it had ended before is no error. An
  /// ambiguous prefix is that of several keys that have not been revoked.
  std::variant<domain::ApiKey, RevokeError> revoke(std::uint32_t organisation,
                                                   std::uint32_t number);
  std::variant<domain::ApiKey, RevokeError> revoke(std::uint32_t organisation,
                                                   std::string_view prefix);

  /// Another number after each change of any key, by any process: whoever keeps keys in memory asks
  /// whether to look again. Costs microseconds.
  std::uint64_t change_counter();

 private:
  domain::ApiKey end(Database& database, domain::ApiKey key) const;

  Connections& connections_;
  const base::Clock& clock_;
  base::Random& random_;

  base::Mutex watch_mutex_;
  std::unique_ptr<Database> watch_ SLUICE_GUARDED_BY(watch_mutex_);
  std::int64_t seen_version_ SLUICE_GUARDED_BY(watch_mutex_) = -1;
  std::uint64_t changes_ SLUICE_GUARDED_BY(watch_mutex_) = 0;
};

}  // namespace sluice::store
