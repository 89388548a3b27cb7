#include "config_store/database.hpp"

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>

#include <cerrno>
#include <chrono>
#include <new>
#include <system_error>
#include <thread>

#include "base/file_descriptor.hpp"

namespace sluice::store {
namespace {

constexpr std::chrono::milliseconds kBusyTimeout{5'000};

/// SQLite would make it readable for others. An open file is left alone: closing one's own
/// descriptor of it would give up the locks that SQLite holds on it.
void create_for_owner(const std::string& path) {
  const base::FileDescriptor file{
      ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR)};
  if (file || errno == EEXIST) return;
  const std::string reason = std::generic_category().message(errno);
  throw StoreError(errno == ENOSPC ? StoreError::Kind::disk_full : StoreError::Kind::inaccessible,
                   "cannot make " + path + ": " + reason);
}

bool is_out_of_space(sqlite3* connection, int code) noexcept {
  if (code != SQLITE_IOERR) return code == SQLITE_FULL;
  const int error = sqlite3_system_errno(connection);
  return error == ENOSPC || error == EDQUOT;
}

}  // namespace

Database::Database(std::string path, Use use) : path_(std::move(path)) {
  if (use == Use::write) create_for_owner(path_);
  open();
  set_up(use);
}

Database::~Database() { prepared_.clear(); }

void Database::Close::operator()(sqlite3* connection) const noexcept {
  sqlite3_close_v2(connection);
}

void Database::open() {
  sqlite3* connection = nullptr;
  // Readers too are opened for writing: they must be able to make the index of the log.
  const int code = sqlite3_open_v2(path_.c_str(), &connection,
                                   SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nullptr);
  connection_.reset(connection);
  if (code != SQLITE_OK) fail(code);
  sqlite3_extended_result_codes(connection, 1);
  sqlite3_busy_timeout(connection, static_cast<int>(kBusyTimeout.count()));
}

void Database::set_up(Use use) {
  execute("PRAGMA trusted_schema = OFF");
  execute("PRAGMA cell_size_check = ON");
  execute("PRAGMA foreign_keys = ON");
  execute("PRAGMA temp_store = MEMORY");
  if (use == Use::read) {
    execute("PRAGMA query_only = ON");
    return;
  }
  enter_wal_mode();
  execute("PRAGMA synchronous = FULL");
  execute("PRAGMA wal_autocheckpoint = 0");  // see checkpointer.hpp
  execute("PRAGMA journal_size_limit = 67108864");
  execute("PRAGMA cache_size = -16384");
}

// SQLite does not wait where two connections enter the mode at once, so this does.
void Database::enter_wal_mode() {
  const auto deadline = std::chrono::steady_clock::now() + kBusyTimeout;
  for (;;) {
    try {
      Statement statement = prepare("PRAGMA journal_mode = WAL");
      if (statement.step() && statement.text(0) == "wal") return;
      throw StoreError(StoreError::Kind::inaccessible,
                       path_ +
                           " lies on a file system that cannot share memory between processes; "
                           "put the data directory on a local disk");
    } catch (const StoreError& error) {
      const bool is_late = std::chrono::steady_clock::now() >= deadline;
      if (error.kind() != StoreError::Kind::locked || is_late) throw;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds{5});
  }
}

Statement Database::prepare(std::string_view sql) {
  std::unique_ptr<Statement::Prepared>& kept = prepared_[sql];
  if (!kept) {
    sqlite3_stmt* statement = nullptr;
    const int code = sqlite3_prepare_v3(connection_.get(), sql.data(), static_cast<int>(sql.size()),
                                        SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
    if (code != SQLITE_OK) {
      prepared_.erase(sql);
      fail(code);
    }
    kept = std::make_unique<Statement::Prepared>(statement);
  }
  return {*this, *kept};
}

void Database::execute(const std::string& sql) {
  const int code = sqlite3_exec(connection_.get(), sql.c_str(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) fail(code);
}

std::int64_t Database::last_inserted() const noexcept {
  return sqlite3_last_insert_rowid(connection_.get());
}

std::int64_t Database::changed_rows() const noexcept {
  return sqlite3_changes64(connection_.get());
}

bool Database::is_in_transaction() const noexcept {
  return sqlite3_get_autocommit(connection_.get()) == 0;
}

int Database::checkpoint() {
  int pages = 0;
  int moved = 0;
  const int code = sqlite3_wal_checkpoint_v2(connection_.get(), nullptr, SQLITE_CHECKPOINT_PASSIVE,
                                             &pages, &moved);
  if ((code & 0xFF) == SQLITE_BUSY) return -1;
  if (code != SQLITE_OK) fail(code);
  return pages - moved;
}

void Database::on_commit(std::function<void(int)> hook) {
  hook_ = std::move(hook);
  const auto call = [](void* self, sqlite3*, const char*, int pages) {
    static_cast<Database*>(self)->hook_(pages);
    return SQLITE_OK;
  };
  sqlite3_wal_hook(connection_.get(), call, this);
}

void Database::fail(int code) const {
  using Kind = StoreError::Kind;
  const int kind = code & 0xFF;
  if (kind == SQLITE_NOMEM) throw std::bad_alloc();
  if (is_out_of_space(connection_.get(), kind))
    throw StoreError(Kind::disk_full, "no space is left for " + path_ +
                                          "; nothing was stored; free some space and try again");
  const std::string words = sqlite3_errmsg(connection_.get());
  switch (kind) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      throw StoreError(Kind::locked, path_ +
                                         " is locked by another process; end what holds it "
                                         "(perhaps a sqlite3 session) and try again");
    case SQLITE_CORRUPT:
      throw StoreError(Kind::corrupt, path_ + " is damaged (" + words +
                                          "); restore it from a backup, or save what can be read "
                                          "with: sqlite3 " +
                                          path_ + " .recover");
    case SQLITE_NOTADB:
      throw StoreError(Kind::corrupt, path_ + " is no database of sluice (" + words +
                                          "); restore it from a backup");
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
    case SQLITE_READONLY:
    case SQLITE_AUTH:
      throw StoreError(Kind::inaccessible,
                       "cannot use " + path_ + " (" + words +
                           "); it and its directory must belong to the user that runs sluice");
    default: throw StoreError(Kind::other, path_ + ": " + words);
  }
}

Transaction::Transaction(Database& database, Kind kind) : database_(database) {
  database_.run(kind == Kind::write ? "BEGIN IMMEDIATE" : "BEGIN");
}

Transaction::~Transaction() {
  if (!database_.is_in_transaction()) return;  // committed, or undone by SQLite after an error
  try {
    database_.run("ROLLBACK");
  } catch (const StoreError&) {
    // It ends with its connection.
  }
}

void Transaction::commit() { database_.run("COMMIT"); }

}  // namespace sluice::store
