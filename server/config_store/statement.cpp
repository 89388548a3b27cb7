#include "config_store/statement.hpp"

#include <sqlite3.h>

#include <cassert>
#include <utility>

#include "config_store/database.hpp"

namespace sluice::store {

Statement::Prepared::~Prepared() { sqlite3_finalize(statement); }

Statement::Statement(Database& database, Prepared& prepared) noexcept
    : database_(&database), prepared_(&prepared) {
  assert(!prepared.is_borrowed);  // a statement cannot be at two rows at once
  prepared.is_borrowed = true;
}

Statement::Statement(Statement&& other) noexcept
    : database_(other.database_), prepared_(std::exchange(other.prepared_, nullptr)) {}

Statement::~Statement() {
  if (prepared_ == nullptr) return;
  sqlite3_reset(prepared_->statement);
  sqlite3_clear_bindings(prepared_->statement);
  prepared_->is_borrowed = false;
}

bool Statement::step() {
  const int code = sqlite3_step(prepared_->statement);
  if (code == SQLITE_ROW) return true;
  sqlite3_reset(prepared_->statement);
  if (code != SQLITE_DONE) database_->fail(code);
  return false;
}

bool Statement::is_null(int column) const noexcept {
  return sqlite3_column_type(prepared_->statement, column) == SQLITE_NULL;
}

std::int64_t Statement::integer(int column) const noexcept {
  return sqlite3_column_int64(prepared_->statement, column);
}

std::string_view Statement::text(int column) const noexcept {
  const auto* bytes = static_cast<const char*>(sqlite3_column_blob(prepared_->statement, column));
  const int length = sqlite3_column_bytes(prepared_->statement, column);
  return bytes == nullptr ? std::string_view{}
                          : std::string_view(bytes, static_cast<std::size_t>(length));
}

void Statement::check(int code) {
  if (code != SQLITE_OK) database_->fail(code);
}

void Statement::bind_integer(int index, std::int64_t value) {
  check(sqlite3_bind_int64(prepared_->statement, index, value));
}

void Statement::bind_text(int index, std::string_view value, Lifetime lifetime) {
  const char* bytes = value.data() == nullptr ? "" : value.data();  // null would bind NULL
  auto* const keeping = lifetime == Lifetime::borrowed ? SQLITE_STATIC : SQLITE_TRANSIENT;
  check(sqlite3_bind_text64(prepared_->statement, index, bytes, value.size(), keeping,
                            SQLITE_UTF8));
}

void Statement::bind_blob(int index, std::string_view value, Lifetime lifetime) {
  const char* bytes = value.data() == nullptr ? "" : value.data();
  auto* const keeping = lifetime == Lifetime::borrowed ? SQLITE_STATIC : SQLITE_TRANSIENT;
  check(sqlite3_bind_blob64(prepared_->statement, index, bytes, value.size(), keeping));
}

void Statement::bind_null(int index) { check(sqlite3_bind_null(prepared_->statement, index)); }

}  // namespace sluice::store
