#include "config_store/organisations.hpp"

#include "base/clock.hpp"
#include "base/random.hpp"
#include "config_store/connections.hpp"

namespace sluice::store {
namespace {

domain::Organisation read_row(const Statement& row) {
  return {row.number(0), std::string(row.text(1)), std::string(row.text(2))};
}

std::optional<domain::Organisation> find_named(Database& database, std::string_view name) {
  Statement row =
      database.prepare("SELECT number, name, internal_id FROM organisations WHERE name = ?1");
  if (!row.bind(name).step()) return std::nullopt;
  return read_row(row);
}

}  // namespace

std::optional<domain::Organisation> Organisations::create(std::string_view name) {
  const std::string internal_id = domain::make_internal_id(random_);
  const base::Time now = clock_.now();
  return connections_.write([&](Database& database) -> std::optional<domain::Organisation> {
    if (find_named(database, name)) return std::nullopt;
    database.run("INSERT INTO organisations (name, internal_id, created_at) VALUES (?1, ?2, ?3)",
                 name, internal_id, now);
    return domain::Organisation{static_cast<std::uint32_t>(database.last_inserted()),
                                std::string(name), internal_id};
  });
}

std::optional<domain::Organisation> Organisations::find(std::uint32_t number) {
  return connections_.read([&](Database& database) -> std::optional<domain::Organisation> {
    Statement row =
        database.prepare("SELECT number, name, internal_id FROM organisations WHERE number = ?1");
    if (!row.bind(number).step()) return std::nullopt;
    return read_row(row);
  });
}

std::optional<domain::Organisation> Organisations::find_by_name(std::string_view name) {
  return connections_.read([&](Database& database) { return find_named(database, name); });
}

std::vector<domain::Organisation> Organisations::list() {
  return connections_.read([](Database& database) {
    std::vector<domain::Organisation> all;
    Statement row =
        database.prepare("SELECT number, name, internal_id FROM organisations ORDER BY number");
    while (row.step()) all.push_back(read_row(row));
    return all;
  });
}

}  // namespace sluice::store
