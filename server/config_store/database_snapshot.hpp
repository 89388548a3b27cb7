// One state of a database, copied into a file of its own while others go on writing: SQLite's online
// backup, within a read transaction, so that it never has to begin again.
#pragma once

#include <functional>
#include <memory>
#include <string>

struct sqlite3;

namespace sluice::store {

/// Thread safety: one thread at a time.
class DatabaseSnapshot {
 public:
  /// The state is that of this moment, for as long as this lives; meanwhile the log of the database
  /// cannot begin anew, so it grows with what is written. Errors: StoreError; std::bad_alloc.
  explicit DatabaseSnapshot(const std::string& path);
  ~DatabaseSnapshot();
  DatabaseSnapshot(const DatabaseSnapshot&) = delete;
  DatabaseSnapshot& operator=(const DatabaseSnapshot&) = delete;

  /// Writes it to `target`, which must not exist yet and is made for its owner only (0600).
  /// `between_steps` is called now and then, and may throw. Errors: StoreError; std::bad_alloc; what
  /// `between_steps` throws.
  void write_to(const std::string& target, const std::function<void()>& between_steps) const;

 private:
  struct Close {
    void operator()(sqlite3* connection) const noexcept;
  };
  using Connection = std::unique_ptr<sqlite3, Close>;

  static Connection open(const std::string& path);

  const std::string path_;
  const Connection source_;
};

}  // namespace sluice::store
