// Where everything that outlives the process is kept.
#pragma once

#include <filesystem>
#include <string>

#include "base/file_descriptor.hpp"

namespace sluice::store {

/// The layout of a data directory:
///   config.db      organisations, keys, webhooks
///   deliveries.db  attempts, retries, dead letters
///   master.key     seals the secrets of config.db; keep a copy of it elsewhere
///   journal/       accepted events
///   server.lock    held by the server that runs there
class DataDir {
 public:
  /// Makes the directory, for its owner only (0700), if there is none.
  /// Errors: StoreError (inaccessible, disk_full).
  explicit DataDir(std::filesystem::path path);

  const std::filesystem::path& path() const noexcept { return path_; }
  std::string config() const { return path_ / "config.db"; }
  std::string deliveries() const { return path_ / "deliveries.db"; }
  std::string master_key() const { return path_ / "master.key"; }
  std::string journal() const { return path_ / "journal"; }

  /// Keeps other servers out for as long as the descriptor is open; the kernel lets go when the
  /// process ends, however it ends. Errors: StoreError (locked: a server runs there).
  base::FileDescriptor lock_for_server() const;

 private:
  std::filesystem::path path_;
};

}  // namespace sluice::store
