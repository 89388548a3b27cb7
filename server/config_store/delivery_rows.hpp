// How deliveries lie in the tables: what attempts, retries and dead letters have in common.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "config_store/statement.hpp"

namespace sluice::store {

class Database;
struct Attempt;

/// The column `further`: every event but the first, eight bytes each, the lowest byte first.
std::string further_of(std::span<const std::uint64_t> events);

/// The events of a row: column `first` and column `further`. None: a test's, whose first is 0.
std::vector<std::uint64_t> events_of(const Statement& row, int first, int further);

/// Inserts attempts, and counts them when all are in. Lifetime: within a transaction.
class AttemptInsertion {
 public:
  explicit AttemptInsertion(Database& database);
  void add(const Attempt& attempt);
  void finish();

 private:
  Database& database_;
  Statement insert_;
  std::map<std::uint32_t, std::uint64_t> counts_;  // by webhook
};

/// `remove` deletes attempts and returns the webhook of each. How many. Within a transaction.
std::uint64_t remove_attempts(Database& database, Statement& remove);

}  // namespace sluice::store
