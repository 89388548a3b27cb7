// One connection to an SQLite file, and the statements that it keeps prepared.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "config_store/statement.hpp"
#include "config_store/store_error.hpp"

struct sqlite3;

namespace sluice::store {

/// Thread safety: one thread at a time.
class Database {
 public:
  enum class Use : std::uint8_t { read, write };

  /// Opens the file for `use`; for writing, it is made if there is none, for its owner only (0600).
  /// Errors: StoreError; std::bad_alloc.
  Database(std::string path, Use use);
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  const std::string& path() const noexcept { return path_; }

  /// A statement of `sql`, a literal, prepared once and kept. Errors: StoreError; std::bad_alloc.
  Statement prepare(std::string_view sql);
  /// Prepares, binds the values to ?1, ?2 ... and runs it to its end; rows of a result are skipped.
  template <class... Values>
  void run(std::string_view sql, const Values&... values) {
    prepare(sql).run_with(values...);
  }
  /// Runs a text of several statements, none of which is kept.
  void execute(const std::string& sql);

  std::int64_t last_inserted() const noexcept;  // row number
  std::int64_t changed_rows() const noexcept;   // by the last statement

  bool is_in_transaction() const noexcept;

  /// Moves what the log holds into the file as far as no reader and writer hinders. What is left of
  /// the log, in pages; -1: another process is at it. Errors: StoreError.
  int checkpoint();
  /// Calls `hook` with the length of the log in pages after each commit of this connection.
  void on_commit(std::function<void(int)> hook);

  /// Throws what SQLite's result code `code` means. Errors: StoreError; std::bad_alloc.
  [[noreturn]] void fail(int code) const;

 private:
  struct Close {
    void operator()(sqlite3* connection) const noexcept;
  };
  void open();
  void set_up(Use use);
  void enter_wal_mode();

  std::string path_;
  std::unique_ptr<sqlite3, Close> connection_;
  std::unordered_map<std::string_view, std::unique_ptr<Statement::Prepared>> prepared_;
  std::function<void(int)> hook_;
};

/// Undone at its end unless it was committed. Lifetime: within that of the Database.
class Transaction {
 public:
  enum class Kind : std::uint8_t { read, write };

  /// Errors: StoreError (locked: by another process).
  Transaction(Database& database, Kind kind);
  ~Transaction();
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;

  /// Durable when it returns. Errors: StoreError; then all of it is undone.
  void commit();

 private:
  Database& database_;
};

}  // namespace sluice::store
