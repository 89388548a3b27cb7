#include "config_store/database_snapshot.hpp"

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>

#include <cerrno>
#include <new>
#include <system_error>

#include "base/file_descriptor.hpp"
#include "config_store/store_error.hpp"

namespace sluice::store {
namespace {

constexpr int kBusyMilliseconds = 5'000;
constexpr int kStepPages = 1'000;

[[noreturn]] void fail(sqlite3* connection, const std::string& path, int code) {
  using Kind = StoreError::Kind;
  const int kind = code & 0xFF;
  if (kind == SQLITE_NOMEM) throw std::bad_alloc();
  const std::string words = sqlite3_errmsg(connection);
  if (kind == SQLITE_FULL || (kind == SQLITE_IOERR && sqlite3_system_errno(connection) == ENOSPC))
    throw StoreError(Kind::disk_full, "no space is left for " + path);
  if (kind == SQLITE_BUSY || kind == SQLITE_LOCKED)
    throw StoreError(Kind::locked, path + " is locked by another process; try again");
  if (kind == SQLITE_CORRUPT || kind == SQLITE_NOTADB)
    throw StoreError(Kind::corrupt, path + " is damaged (" + words + ")");
  throw StoreError(Kind::inaccessible, path + " cannot be used (" + words + ")");
}

void execute(sqlite3* connection, const std::string& path, const char* sql) {
  const int code = sqlite3_exec(connection, sql, nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) fail(connection, path, code);
}

void create_for_owner(const std::string& path) {
  const base::FileDescriptor file{
      ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR)};
  if (!file)
    throw StoreError(errno == ENOSPC ? StoreError::Kind::disk_full
                                     : StoreError::Kind::inaccessible,
                     "cannot make " + path + ": " + std::generic_category().message(errno));
}

struct Finish {
  void operator()(sqlite3_backup* backup) const noexcept { sqlite3_backup_finish(backup); }
};

}  // namespace

void DatabaseSnapshot::Close::operator()(sqlite3* connection) const noexcept {
  sqlite3_close_v2(connection);
}

DatabaseSnapshot::Connection DatabaseSnapshot::open(const std::string& path) {
  sqlite3* opened = nullptr;
  // For writing, though nothing is written: a reader must be able to make the index of the log.
  const int code = sqlite3_open_v2(path.c_str(), &opened,
                                   SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nullptr);
  Connection connection(opened);
  if (code != SQLITE_OK) fail(opened, path, code);
  sqlite3_extended_result_codes(opened, 1);
  sqlite3_busy_timeout(opened, kBusyMilliseconds);
  return connection;
}

DatabaseSnapshot::DatabaseSnapshot(const std::string& path) : path_(path), source_(open(path)) {
  // A transaction begins with the first thing that it reads.
  execute(source_.get(), path_, "BEGIN; SELECT count(*) FROM sqlite_schema");
}

DatabaseSnapshot::~DatabaseSnapshot() = default;

void DatabaseSnapshot::write_to(const std::string& target,
                                const std::function<void()>& between_steps) const {
  create_for_owner(target);
  const Connection connection = open(target);
  // What is torn is thrown away as a whole, so nothing need be undone.
  execute(connection.get(), target, "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF");
  std::unique_ptr<sqlite3_backup, Finish> backup(
      sqlite3_backup_init(connection.get(), "main", source_.get(), "main"));
  if (!backup) fail(connection.get(), target, sqlite3_errcode(connection.get()));
  int code = SQLITE_OK;
  while ((code = sqlite3_backup_step(backup.get(), kStepPages)) == SQLITE_OK) between_steps();
  backup.reset();  // only then the connection knows of an error
  const bool is_of_source = (code & 0xFF) == SQLITE_CORRUPT || (code & 0xFF) == SQLITE_NOTADB;
  if (code != SQLITE_DONE) fail(connection.get(), is_of_source ? path_ : target, code);
}

}  // namespace sluice::store
