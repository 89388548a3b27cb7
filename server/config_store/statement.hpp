// A prepared statement: values in, rows out.
#pragma once

#include <concepts>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <type_traits>

#include "base/time.hpp"

struct sqlite3_stmt;

namespace sluice::store {

class Database;

/// Bytes that are no text.
struct Blob {
  std::string_view bytes;
};

/// Borrowed from its Database, to which it returns at its end. Thread safety: as the Database.
class Statement {
 public:
  struct Prepared;

  Statement(Database& database, Prepared& prepared) noexcept;
  Statement(Statement&& other) noexcept;
  Statement& operator=(Statement&&) = delete;
  ~Statement();

  /// Copies the values, to ?1, ?2 and so on. An empty optional is NULL, a Time its microseconds.
  template <class... Values>
  Statement& bind(const Values&... values) {
    int index = 0;
    (bind_value(++index, values, Lifetime::copied), ...);
    return *this;
  }
  /// Binds the values without copying them, and runs to its end.
  template <class... Values>
  void run_with(const Values&... values) {
    int index = 0;
    (bind_value(++index, values, Lifetime::borrowed), ...);
    run();
  }

  /// True: it stands at the next row. False: there is none, and it can be bound anew.
  /// Errors: StoreError; std::bad_alloc.
  bool step();
  /// Steps to its end.
  void run() {
    while (step()) {
    }
  }

  // Columns of the row, from 0. Lifetime of texts: until the next step.
  bool is_null(int column) const noexcept;
  std::int64_t integer(int column) const noexcept;
  std::string_view text(int column) const noexcept;  // of a Blob, too
  base::Time time(int column) const noexcept {
    return base::Time{std::chrono::microseconds{integer(column)}};
  }
  std::uint32_t number(int column) const noexcept {
    return static_cast<std::uint32_t>(integer(column));
  }
  std::optional<base::Time> optional_time(int column) const noexcept {
    return is_null(column) ? std::nullopt : std::optional(time(column));
  }

 private:
  enum class Lifetime : std::uint8_t { copied, borrowed };

  template <class Value>
  void bind_value(int index, const Value& value, Lifetime lifetime) {
    if constexpr (std::integral<Value>)
      bind_integer(index, static_cast<std::int64_t>(value));
    else if constexpr (std::same_as<Value, base::Time>)
      bind_integer(index, value.time_since_epoch().count());
    else if constexpr (std::same_as<Value, Blob>)
      bind_blob(index, value.bytes, lifetime);
    else if constexpr (std::convertible_to<const Value&, std::string_view>)
      bind_text(index, value, lifetime);
    else if (value.has_value())
      bind_value(index, *value, lifetime);
    else
      bind_null(index);
  }
  void bind_integer(int index, std::int64_t value);
  void bind_text(int index, std::string_view value, Lifetime lifetime);
  void bind_blob(int index, std::string_view value, Lifetime lifetime);
  void bind_null(int index);
  void check(int code);

  Database* database_;
  Prepared* prepared_;
};

/// What a Database keeps of a statement.
struct Statement::Prepared {
  explicit Prepared(sqlite3_stmt* given) noexcept : statement(given) {}
  ~Prepared();
  Prepared(const Prepared&) = delete;
  Prepared& operator=(const Prepared&) = delete;

  sqlite3_stmt* statement;
  bool is_borrowed = false;
};

}  // namespace sluice::store
