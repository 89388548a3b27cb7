#include "config_store/delivery_store.hpp"

#include "config_store/delivery_rows.hpp"
#include "config_store/pruning.hpp"

namespace sluice::store {

DeliveryStore::DeliveryStore(const std::string& path, const base::Vault& vault,
                             const base::Clock& clock, const DeliveryRetention& retention)
    : connections_(path, delivery_migrations(), clock.now()),
      clock_(clock),
      retention_(retention),
      attempts_(connections_, vault, clock),
      retries_(connections_) {}

void DeliveryStore::write(std::span<const DeliveryChange> changes) {
  if (changes.empty()) return;
  connections_.write([changes](Database& database) {
    AttemptInsertion attempts(database);
    for (const DeliveryChange& change : changes) apply(database, attempts, change);
    attempts.finish();
  });
}

void DeliveryStore::forget(std::uint32_t webhook) {
  connections_.write([webhook](Database& database) {
    database.run("INSERT OR IGNORE INTO forgotten VALUES (?1)", webhook);
  });
}

std::uint64_t DeliveryStore::prune(const std::stop_token& stop) {
  return Pruning(connections_, stop).run(retention_, clock_.now());
}

}  // namespace sluice::store
