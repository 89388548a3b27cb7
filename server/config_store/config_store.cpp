#include "config_store/config_store.hpp"

#include <optional>

namespace sluice::store {
namespace {

constexpr std::string_view kContext = "facts.master_key";

std::optional<std::string> find_seal(Database& database) {
  Statement row = database.prepare("SELECT value FROM facts WHERE name = 'master_key'");
  if (!row.step()) return std::nullopt;
  return std::string(row.text(0));
}

// Something that is sealed lies in every file, so that a wrong key is noticed when the service starts
// and not when the first secret is needed.
void check_master_key(Connections& connections, const base::Vault& vault) {
  const auto seal = [](Database& database) { return find_seal(database); };
  std::optional<std::string> sealed = connections.read(seal);
  if (!sealed) {
    sealed = connections.write([&](Database& database) {
      database.run("INSERT OR IGNORE INTO facts VALUES ('master_key', ?1)",
                   vault.seal("sluice", kContext));
      return find_seal(database);
    });
  }
  if (vault.open(*sealed, kContext)) return;
  throw StoreError(StoreError::Kind::wrong_key,
                   connections.path() + " was made with another master key; put that key back");
}

}  // namespace

ConfigStore::ConfigStore(const std::string& path, const base::Vault& vault,
                         const base::Clock& clock, base::Random& random)
    : connections_(path, config_migrations(), clock.now()),
      organisations_(connections_, clock, random),
      api_keys_(connections_, clock, random),
      webhooks_(connections_, vault, clock, random) {
  check_master_key(connections_, vault);
}

}  // namespace sluice::store
