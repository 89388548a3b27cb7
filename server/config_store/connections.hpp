// The connections of this process to one database: one that writes, some that read, one that
// checkpoints. Readers see the last commit and never wait for the writer.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

#include "base/mutex.hpp"
#include "base/time.hpp"
#include "config_store/checkpointer.hpp"
#include "config_store/database.hpp"
#include "config_store/fair_mutex.hpp"
#include "config_store/migration.hpp"

namespace sluice::store {

/// Thread safety: every member, from any thread. Calls block.
class Connections {
 public:
  /// Opens the file, makes it if there is none, and brings its schema up to date.
  /// Errors: StoreError; std::bad_alloc.
  Connections(std::string path, std::span<const Migration> migrations, base::Time now);
  ~Connections();
  Connections(const Connections&) = delete;
  Connections& operator=(const Connections&) = delete;

  const std::string& path() const noexcept { return path_; }

  /// Calls `f(Database&)` in a transaction that is durable when this returns, and undone when f or
  /// this throws. One at a time, over all processes. Errors: StoreError; std::bad_alloc; f's own.
  template <class F>
  auto write(F&& f) SLUICE_EXCLUDES(write_mutex_);

  /// Calls `f(Database&)` with one consistent state of the database. Errors: as write().
  template <class F>
  auto read(F&& f) SLUICE_EXCLUDES(read_mutex_);

 private:
  class Reader;  // a connection, out of the pool for as long as this lives
  static constexpr std::size_t kMaxReaders = 8;

  template <class F>
  static auto within(Database& database, Transaction::Kind kind, F&& f);
  std::unique_ptr<Database> take_reader() SLUICE_EXCLUDES(read_mutex_);
  void return_reader(std::unique_ptr<Database> reader) noexcept SLUICE_EXCLUDES(read_mutex_);

  const std::string path_;
  FairMutex write_mutex_;
  std::unique_ptr<Database> writer_ SLUICE_PT_GUARDED_BY(write_mutex_);
  base::Mutex read_mutex_;
  base::Condition reader_is_back_;
  std::vector<std::unique_ptr<Database>> idle_readers_ SLUICE_GUARDED_BY(read_mutex_);
  std::size_t readers_ SLUICE_GUARDED_BY(read_mutex_) = 0;  // idle ones and those at work
  std::unique_ptr<Checkpointer> checkpointer_;
};

// ------------------------------------------------------------------------------------------------

class Connections::Reader {
 public:
  explicit Reader(Connections& pool) : pool_(pool), database_(pool.take_reader()) {}
  ~Reader() { pool_.return_reader(std::move(database_)); }
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;
  Database& operator*() const noexcept { return *database_; }

 private:
  Connections& pool_;
  std::unique_ptr<Database> database_;
};

template <class F>
auto Connections::within(Database& database, Transaction::Kind kind, F&& f) {
  Transaction transaction(database, kind);
  if constexpr (std::is_void_v<std::invoke_result_t<F, Database&>>) {
    f(database);
    transaction.commit();
  } else {
    auto result = f(database);
    transaction.commit();
    return result;
  }
}

template <class F>
auto Connections::write(F&& f) {
  const FairLock lock(write_mutex_);
  return within(*writer_, Transaction::Kind::write, f);
}

template <class F>
auto Connections::read(F&& f) {
  const Reader reader(*this);
  return within(*reader, Transaction::Kind::read, f);
}

}  // namespace sluice::store
