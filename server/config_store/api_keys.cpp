#include "config_store/api_keys.hpp"

#include "base/clock.hpp"
#include "base/random.hpp"
#include "config_store/connections.hpp"

namespace sluice::store {
namespace {

#define SLUICE_KEY_COLUMNS \
  "number, organisation, name, prefix, permissions, expires_at, created_at, revoked_at, digest"

domain::ApiKey read_row(const Statement& row) {
  domain::ApiKey key;
  key.number = row.number(0);
  key.organisation = row.number(1);
  key.name = row.text(2);
  key.prefix = row.text(3);
  // A permission of a later version is none of ours, and so grants nothing.
  key.permissions = domain::PermissionSet::parse(row.text(4)).value_or(domain::PermissionSet{});
  key.expires_at = row.optional_time(5);
  key.created_at = row.time(6);
  key.revoked_at = row.optional_time(7);
  return key;
}

void note_change(Database& database) {
  database.run("UPDATE facts SET value = value + 1 WHERE name = 'keys_revision'");
}

}  // namespace

ApiKeys::ApiKeys(Connections& connections, const base::Clock& clock, base::Random& random)
    : connections_(connections), clock_(clock), random_(random) {}

ApiKeys::~ApiKeys() = default;

CreatedKey ApiKeys::create(std::uint32_t organisation, std::string_view name,
                           domain::PermissionSet permissions,
                           std::optional<base::Time> expires_at) {
  CreatedKey made{.key = {}, .text = domain::make_api_key(random_)};
  domain::ApiKey& key = made.key;
  key.organisation = organisation;
  key.name = name;
  key.prefix = made.text.substr(0, domain::kKeyPrefixBytes);
  key.permissions = permissions;
  key.expires_at = expires_at;
  key.created_at = clock_.now();
  const base::Digest digest = base::sha256(made.text);
  connections_.write([&](Database& database) {
    database.run(
        "INSERT INTO api_keys"
        " (organisation, name, prefix, digest, permissions, created_at, expires_at)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        organisation, name, key.prefix, Blob{base::bytes_of(digest)}, domain::to_text(permissions),
        key.created_at, expires_at);
    key.number = static_cast<std::uint32_t>(database.last_inserted());
    note_change(database);
  });
  return made;
}

std::optional<domain::ApiKey> ApiKeys::find_by_digest(const base::Digest& digest) {
  return connections_.read([&](Database& database) -> std::optional<domain::ApiKey> {
    Statement row =
        database.prepare("SELECT " SLUICE_KEY_COLUMNS " FROM api_keys WHERE digest = ?1");
    if (!row.bind(Blob{base::bytes_of(digest)}).step()) return std::nullopt;
    // The index has compared byte by byte; the answer itself depends on all of them.
    if (!base::equal_in_constant_time(row.text(8), base::bytes_of(digest))) return std::nullopt;
    return read_row(row);
  });
}

std::vector<domain::ApiKey> ApiKeys::list(std::uint32_t organisation) {
  return connections_.read([&](Database& database) {
    std::vector<domain::ApiKey> keys;
    Statement row = database.prepare("SELECT " SLUICE_KEY_COLUMNS
                                     " FROM api_keys WHERE organisation = ?1 ORDER BY number DESC");
    row.bind(organisation);
    while (row.step()) keys.push_back(read_row(row));
    return keys;
  });
}

domain::ApiKey ApiKeys::end(Database& database, domain::ApiKey key) const {
  if (key.revoked_at) return key;
  key.revoked_at = clock_.now();
  database.run("UPDATE api_keys SET revoked_at = ?2 WHERE number = ?1", key.number, key.revoked_at);
  note_change(database);
  return key;
}

std::variant<domain::ApiKey, ApiKeys::RevokeError> ApiKeys::revoke(std::uint32_t organisation,
                                                                   std::uint32_t number) {
  using Revoked = std::variant<domain::ApiKey, RevokeError>;
  return connections_.write([&](Database& database) -> Revoked {
    std::optional<domain::ApiKey> key;
    {
      Statement row = database.prepare("SELECT " SLUICE_KEY_COLUMNS
                                       " FROM api_keys WHERE organisation = ?1 AND number = ?2");
      if (row.bind(organisation, number).step()) key = read_row(row);
    }
    if (!key) return RevokeError::not_found;
    return end(database, *std::move(key));
  });
}

std::variant<domain::ApiKey, ApiKeys::RevokeError> ApiKeys::revoke(std::uint32_t organisation,
                                                                   std::string_view prefix) {
  using Revoked = std::variant<domain::ApiKey, RevokeError>;
  return connections_.write([&](Database& database) -> Revoked {
    std::vector<domain::ApiKey> keys;  // those that are not revoked come first
    {
      Statement row = database.prepare("SELECT " SLUICE_KEY_COLUMNS
                                       " FROM api_keys WHERE organisation = ?1 AND prefix = ?2"
                                       " ORDER BY revoked_at IS NOT NULL, number DESC LIMIT 2");
      row.bind(organisation, prefix);
      while (row.step()) keys.push_back(read_row(row));
    }
    if (keys.empty()) return RevokeError::not_found;
    if (keys.size() > 1 && !keys[1].revoked_at) return RevokeError::ambiguous;
    return end(database, std::move(keys[0]));
  });
}

std::uint64_t ApiKeys::change_counter() {
  const base::MutexLock lock(watch_mutex_);
  if (!watch_) watch_ = std::make_unique<Database>(connections_.path(), Database::Use::read);
  // Moves with every commit of other connections; only then the table is read.
  std::int64_t version = 0;
  {
    Statement row = watch_->prepare("PRAGMA data_version");
    row.step();
    version = row.integer(0);
  }
  if (version == seen_version_) return changes_;
  Statement row = watch_->prepare("SELECT value FROM facts WHERE name = 'keys_revision'");
  row.step();
  changes_ = static_cast<std::uint64_t>(row.integer(0));
  seen_version_ = version;
  return changes_;
}

}  // namespace sluice::store
