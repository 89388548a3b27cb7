#include "tests/server/config_store/simulated_vfs.hpp"

#include <cstring>
#include <memory>
#include <new>
#include <span>
#include <system_error>

namespace sluice::testkit {

// What SQLite calls, through tables of functions.
struct VfsCalls {
  using Registered = SimulatedVfs::Registered;

  /// SQLite allocates it, with the Unix file behind it.
  struct OpenFile : sqlite3_file {
    Registered* vfs;
    std::unique_ptr<journal::File> bytes;
    std::filesystem::path directory;
    bool is_new_log;     // its first sync makes the directory durable too, as SQLite's own does
    bool has_unix_file;  // the database itself, which locks and shared memory belong to

    sqlite3_file* unix_file() noexcept { return reinterpret_cast<sqlite3_file*>(this + 1); }
  };
  static OpenFile& of(sqlite3_file* file) noexcept { return *static_cast<OpenFile*>(file); }
  static Registered& of(sqlite3_vfs* vfs) noexcept { return *static_cast<Registered*>(vfs); }
  static sqlite3_file* locks_of(sqlite3_file* file) noexcept { return of(file).unix_file(); }
  static const sqlite3_io_methods& calls_of_locks(sqlite3_file* file) noexcept {
    return *locks_of(file)->pMethods;
  }

  static int open(sqlite3_vfs* vfs, const char* name, sqlite3_file* into, int flags, int* out);
  static int remove(sqlite3_vfs* vfs, const char* name, int is_durable);
  static int access(sqlite3_vfs* vfs, const char* name, int how, int* is_there);

  static int close(sqlite3_file* file);
  static int read(sqlite3_file* file, void* into, int bytes, sqlite3_int64 offset);
  static int write(sqlite3_file* file, const void* from, int bytes, sqlite3_int64 offset);
  static int truncate(sqlite3_file* file, sqlite3_int64 bytes);
  static int sync(sqlite3_file* file, int flags);
  static int size(sqlite3_file* file, sqlite3_int64* bytes);

  static int lock(sqlite3_file* file, int level) {
    return calls_of_locks(file).xLock(locks_of(file), level);
  }
  static int unlock(sqlite3_file* file, int level) {
    return calls_of_locks(file).xUnlock(locks_of(file), level);
  }
  static int is_reserved(sqlite3_file* file, int* out) {
    return calls_of_locks(file).xCheckReservedLock(locks_of(file), out);
  }
  static int map(sqlite3_file* file, int region, int bytes, int may_grow, void volatile** out) {
    return calls_of_locks(file).xShmMap(locks_of(file), region, bytes, may_grow, out);
  }
  static int lock_map(sqlite3_file* file, int offset, int count, int flags) {
    return calls_of_locks(file).xShmLock(locks_of(file), offset, count, flags);
  }
  static void barrier(sqlite3_file* file) { calls_of_locks(file).xShmBarrier(locks_of(file)); }
  static int unmap(sqlite3_file* file, int is_last) {
    return calls_of_locks(file).xShmUnmap(locks_of(file), is_last);
  }

  static int control(sqlite3_file* /*file*/, int /*what*/, void* /*argument*/) {
    return SQLITE_NOTFOUND;
  }
  // As SQLite sees a Unix file: writing a part of a sector leaves the rest of it alone.
  static int sector_bytes(sqlite3_file* /*file*/) { return 4096; }
  static int characteristics(sqlite3_file* /*file*/) { return SQLITE_IOCAP_POWERSAFE_OVERWRITE; }

  static const sqlite3_io_methods kMethods;
};

const sqlite3_io_methods VfsCalls::kMethods = {
    2,     close,       read,   write, truncate,     sync,            size, lock,     unlock,
    is_reserved, control, sector_bytes, characteristics, map, lock_map, barrier,
    unmap, nullptr, nullptr};

int VfsCalls::open(sqlite3_vfs* vfs, const char* name, sqlite3_file* into, int flags, int* out) {
  auto* const file = ::new (into) OpenFile{};
  file->vfs = &of(vfs);
  if (name == nullptr) return SQLITE_CANTOPEN;  // temporary files: the store keeps those in memory
  SimulatedDisk& disk = *of(vfs).disk;
  auto error = disk.open(name, journal::OpenMode::write, file->bytes);
  const bool is_new = error == std::errc::no_such_file_or_directory;
  if (is_new) error = disk.open(name, journal::OpenMode::create, file->bytes);
  if (error) return SQLITE_CANTOPEN;
  file->directory = std::filesystem::path(name).parent_path();
  file->is_new_log = is_new && (flags & SQLITE_OPEN_MAIN_DB) == 0;
  if ((flags & SQLITE_OPEN_MAIN_DB) != 0) {
    const int code =
        of(vfs).unix_files->xOpen(of(vfs).unix_files, name, file->unix_file(), flags, out);
    if (code != SQLITE_OK) {
      file->bytes.reset();
      return code;
    }
    file->has_unix_file = true;
  }
  if (out != nullptr) *out = flags;
  file->pMethods = &kMethods;  // from here on it will be closed
  return SQLITE_OK;
}

int VfsCalls::remove(sqlite3_vfs* vfs, const char* name, int is_durable) {
  SimulatedDisk& disk = *of(vfs).disk;
  const auto error = disk.remove(name);
  if (error == std::errc::no_such_file_or_directory) return SQLITE_IOERR_DELETE_NOENT;
  if (error) return SQLITE_IOERR_DELETE;
  if (is_durable == 0 || of(vfs).syncs == SimulatedVfs::Syncs::are_left_out) return SQLITE_OK;
  return disk.sync_directory(std::filesystem::path(name).parent_path()) ? SQLITE_IOERR_DIR_FSYNC
                                                                        : SQLITE_OK;
}

int VfsCalls::access(sqlite3_vfs* vfs, const char* name, int /*how*/, int* is_there) {
  std::unique_ptr<journal::File> file;
  const auto error = of(vfs).disk->open(name, journal::OpenMode::read, file);
  *is_there = error ? 0 : 1;
  return !error || error == std::errc::no_such_file_or_directory ? SQLITE_OK : SQLITE_IOERR_ACCESS;
}

int VfsCalls::close(sqlite3_file* file) {
  OpenFile& closed = of(file);
  const int code = closed.has_unix_file ? calls_of_locks(file).xClose(locks_of(file)) : SQLITE_OK;
  closed.~OpenFile();
  return code;
}

int VfsCalls::read(sqlite3_file* file, void* into, int bytes, sqlite3_int64 offset) {
  const std::span<std::byte> wanted{static_cast<std::byte*>(into), static_cast<std::size_t>(bytes)};
  std::size_t count = 0;
  if (of(file).bytes->read(wanted, static_cast<std::uint64_t>(offset), count))
    return SQLITE_IOERR_READ;
  if (count == wanted.size()) return SQLITE_OK;
  std::memset(wanted.data() + count, 0, wanted.size() - count);
  return SQLITE_IOERR_SHORT_READ;
}

int VfsCalls::write(sqlite3_file* file, const void* from, int bytes, sqlite3_int64 offset) {
  const std::span<const std::byte> given{static_cast<const std::byte*>(from),
                                         static_cast<std::size_t>(bytes)};
  const auto error = of(file).bytes->write(given, static_cast<std::uint64_t>(offset));
  return error ? SQLITE_IOERR_WRITE : SQLITE_OK;
}

int VfsCalls::truncate(sqlite3_file* file, sqlite3_int64 bytes) {
  const auto error = of(file).bytes->truncate(static_cast<std::uint64_t>(bytes));
  return error ? SQLITE_IOERR_TRUNCATE : SQLITE_OK;
}

int VfsCalls::sync(sqlite3_file* file, int /*flags*/) {
  OpenFile& synced = of(file);
  if (synced.vfs->syncs == SimulatedVfs::Syncs::are_left_out) return SQLITE_OK;
  if (synced.bytes->sync()) return SQLITE_IOERR_FSYNC;
  if (!synced.is_new_log) return SQLITE_OK;
  if (synced.vfs->disk->sync_directory(synced.directory)) return SQLITE_IOERR_DIR_FSYNC;
  synced.is_new_log = false;
  return SQLITE_OK;
}

int VfsCalls::size(sqlite3_file* file, sqlite3_int64* bytes) {
  std::uint64_t size = 0;
  if (of(file).bytes->size(size)) return SQLITE_IOERR_FSTAT;
  *bytes = static_cast<sqlite3_int64>(size);
  return SQLITE_OK;
}

SimulatedVfs::SimulatedVfs(SimulatedDisk& disk, Syncs syncs) {
  sqlite3_vfs* const unix_files = sqlite3_vfs_find(nullptr);
  // What is not replaced below (full names, randomness, time) works on a copy as well.
  static_cast<sqlite3_vfs&>(registered_) = *unix_files;
  registered_.pNext = nullptr;
  registered_.zName = "simulated";
  registered_.szOsFile = static_cast<int>(sizeof(VfsCalls::OpenFile)) + unix_files->szOsFile;
  registered_.xOpen = VfsCalls::open;
  registered_.xDelete = VfsCalls::remove;
  registered_.xAccess = VfsCalls::access;
  registered_.unix_files = unix_files;
  registered_.disk = &disk;
  registered_.syncs = syncs;
  sqlite3_vfs_register(&registered_, 1);
}

SimulatedVfs::~SimulatedVfs() { sqlite3_vfs_unregister(&registered_); }

}  // namespace sluice::testkit
