// A disk in memory beneath the journal: it runs full, fails, writes short, and loses power, and then
// keeps what was synced and any part of what was not.
//
// The model: a sector of 512 bytes is written whole or not at all; sectors that were not synced
// survive a power cut or not, each on its own; names (new, renamed, removed) survive in their order.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "base/mutex.hpp"
#include "journal/file_system.hpp"
#include "support/random.hpp"

namespace sluice::testkit {

enum class Survives : std::uint8_t {
  what_was_synced,  // and any part of the rest: the power went
  everything        // that was written, though not on the disk yet: the process ended
};

enum class DiskOperation : std::uint8_t { open, read, write, sync, reserve, rename, remove, list };

/// Thread safety: every member, from any thread.
class SimulatedDisk final : public journal::FileSystem {
 public:
  using Path = std::filesystem::path;
  /// What an operation on a file gives instead of being done; none: it is done.
  using Fault = std::function<std::error_code(DiskOperation, const Path&)>;

  explicit SimulatedDisk(std::uint64_t seed = 1);
  ~SimulatedDisk() override;

  void set_fault(Fault fault);
  /// Writes end at a sector before the end of what was asked for, now and then.
  void set_short_writes(bool are_short);
  /// Bytes of all files together, beyond which there is no room. Default: no limit.
  void set_capacity(std::uint64_t bytes);
  std::uint64_t used_bytes() const;

  /// The power goes: every operation fails from now on, until restore_power().
  void cut_power();
  /// What has survived is what there is. Nothing from before may be used any more.
  void restore_power(Survives survives = Survives::what_was_synced);

  /// For tests that damage or compare files.
  std::vector<std::byte> content(const Path& path) const;
  void set_content(const Path& path, std::vector<std::byte> content);
  std::vector<std::string> names() const;
  std::size_t syncs() const;

  std::error_code open(const Path& path, journal::OpenMode mode,
                       std::unique_ptr<journal::File>& file) override;
  std::error_code rename(const Path& from, const Path& to) override;
  std::error_code remove(const Path& path) override;
  std::error_code make_directory(const Path& path) override;
  std::error_code list(const Path& directory, std::vector<std::string>& names) override;
  std::error_code sync_directory(const Path& directory) override;
  std::error_code lock(const Path& path, std::unique_ptr<journal::FileLock>& lock) override;

 private:
  class OpenFile;
  class HeldLock;

  struct Inode {
    std::vector<std::byte> content;
    std::vector<std::byte> durable;
    std::set<std::size_t> dirty;  // sectors of content that are newer than durable
  };
  using Names = std::map<Path, std::shared_ptr<Inode>>;
  using NameChange = std::function<void(Names&)>;

  std::error_code check(DiskOperation operation, const Path& path) SLUICE_REQUIRES(mutex_);
  void change_names(NameChange change) SLUICE_REQUIRES(mutex_);
  std::error_code write(Inode& inode, std::span<const ::iovec> pieces, std::uint64_t offset,
                        std::size_t& written) SLUICE_REQUIRES(mutex_);
  std::error_code grow(Inode& inode, std::uint64_t bytes) SLUICE_REQUIRES(mutex_);
  static void make_durable(Inode& inode, std::size_t sector);
  void survive(Inode& inode) SLUICE_REQUIRES(mutex_);
  void lose_what_was_not_synced() SLUICE_REQUIRES(mutex_);

  mutable base::Mutex mutex_;
  Random random_ SLUICE_GUARDED_BY(mutex_);
  Names names_ SLUICE_GUARDED_BY(mutex_);
  Names durable_names_ SLUICE_GUARDED_BY(mutex_);
  std::vector<NameChange> name_changes_ SLUICE_GUARDED_BY(mutex_);  // not durable yet
  std::set<Path> locks_ SLUICE_GUARDED_BY(mutex_);
  Fault fault_ SLUICE_GUARDED_BY(mutex_);
  bool are_writes_short_ SLUICE_GUARDED_BY(mutex_) = false;
  bool has_power_ SLUICE_GUARDED_BY(mutex_) = true;
  std::uint64_t capacity_ SLUICE_GUARDED_BY(mutex_) = ~std::uint64_t{0};
  std::uint64_t used_ SLUICE_GUARDED_BY(mutex_) = 0;
  std::uint64_t life_ SLUICE_GUARDED_BY(mutex_) = 0;  // power cuts so far
  std::size_t syncs_ SLUICE_GUARDED_BY(mutex_) = 0;
};

}  // namespace sluice::testkit
