// Brings a database's schema up to what this program knows, one numbered step at a time.
#pragma once

#include <span>

#include "base/time.hpp"

namespace sluice::store {

class Database;

/// A step: SQL that turns the schema before it into the one after it. Steps that a release has
/// shipped never change.
struct Migration {
  const char* name;
  const char* sql;
};

/// Applies the migrations that the file lacks, all or none; the table `migrations` says which it
/// has had and when. Processes that do so at once take turns. Errors: StoreError (too_new: the file
/// has had more than these).
void migrate(Database& database, std::span<const Migration> migrations, base::Time now);

/// Organisations, keys, webhooks.
std::span<const Migration> config_migrations();
/// Attempts, retries, dead letters.
std::span<const Migration> delivery_migrations();

}  // namespace sluice::store
