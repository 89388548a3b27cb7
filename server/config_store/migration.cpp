#include "config_store/migration.hpp"

#include "config_store/database.hpp"

namespace sluice::store {
namespace {

std::size_t count_applied(Database& database) {
  Statement table = database.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'migrations'");
  if (!table.step()) return 0;
  Statement count = database.prepare("SELECT max(number) FROM migrations");
  count.step();
  return static_cast<std::size_t>(count.integer(0));
}

void apply(Database& database, std::span<const Migration> migrations, base::Time now) {
  database.execute(
      "CREATE TABLE IF NOT EXISTS migrations ("
      "  number INTEGER PRIMARY KEY, name TEXT NOT NULL, applied_at INTEGER NOT NULL) STRICT");
  for (std::size_t i = count_applied(database); i < migrations.size(); ++i) {
    database.execute(migrations[i].sql);
    database.run("INSERT INTO migrations VALUES (?1, ?2, ?3)", i + 1, migrations[i].name, now);
  }
}

}  // namespace

void migrate(Database& database, std::span<const Migration> migrations, base::Time now) {
  const std::size_t applied = count_applied(database);
  if (applied > migrations.size())
    throw StoreError(StoreError::Kind::too_new,
                     database.path() + " was written by a later version of sluice (schema " +
                         std::to_string(applied) + ", this one knows " +
                         std::to_string(migrations.size()) + "); use that version");
  if (applied == migrations.size()) return;
  Transaction transaction(database, Transaction::Kind::write);
  apply(database, migrations, now);
  transaction.commit();
}

}  // namespace sluice::store
