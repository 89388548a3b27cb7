// What the journal asks of files, and no more: so that tests can put a disk beneath it that is full,
// fails, tears writes, or loses power.
#pragma once

#include <sys/uio.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <system_error>
#include <vector>

namespace sluice::journal {

/// An open file. Thread safety: reads from any thread; writes and syncs too, where the caller sees to
/// it that they do not touch the same bytes.
class File {
 public:
  virtual ~File() = default;
  File(const File&) = delete;
  File& operator=(const File&) = delete;

  /// Writes at least one byte of the pieces, which are not empty altogether, and says how many.
  virtual std::error_code write_some(std::span<const ::iovec> pieces, std::uint64_t offset,
                                     std::size_t& written) = 0;
  /// Reads some bytes, and says how many: 0 is the end of the file.
  virtual std::error_code read_some(std::span<std::byte> into, std::uint64_t offset,
                                    std::size_t& count) = 0;
  /// What was written before is on the disk when this returns without an error.
  virtual std::error_code sync() = 0;
  /// Reserves room, so that a full disk is noticed at once and the file lies in one piece. No
  /// content is promised.
  virtual std::error_code reserve(std::uint64_t bytes) = 0;
  virtual std::error_code truncate(std::uint64_t bytes) = 0;
  virtual std::error_code size(std::uint64_t& bytes) = 0;

  /// All of the pieces, which it uses up.
  std::error_code write(std::span<::iovec> pieces, std::uint64_t offset);
  std::error_code write(std::span<const std::byte> bytes, std::uint64_t offset);
  /// As much as there is: `count` is less than asked for at the end of the file only.
  std::error_code read(std::span<std::byte> into, std::uint64_t offset, std::size_t& count);

 protected:
  File() = default;
};

/// Held until it is destroyed.
class FileLock {
 public:
  virtual ~FileLock() = default;
  FileLock(const FileLock&) = delete;
  FileLock& operator=(const FileLock&) = delete;

 protected:
  FileLock() = default;
};

enum class OpenMode : std::uint8_t { read, write, create };  // create: it must not exist

/// Thread safety: every member, from any thread.
class FileSystem {
 public:
  using Path = std::filesystem::path;

  virtual ~FileSystem() = default;
  FileSystem(const FileSystem&) = delete;
  FileSystem& operator=(const FileSystem&) = delete;

  virtual std::error_code open(const Path& path, OpenMode mode, std::unique_ptr<File>& file) = 0;
  virtual std::error_code rename(const Path& from, const Path& to) = 0;
  virtual std::error_code remove(const Path& path) = 0;
  /// With its parents, for its owner only; one that is there already is none of its errors.
  virtual std::error_code make_directory(const Path& path) = 0;
  /// Names of the files, in no order.
  virtual std::error_code list(const Path& directory, std::vector<std::string>& names) = 0;
  /// Renames, removals and new files of the directory are on the disk when this returns.
  virtual std::error_code sync_directory(const Path& directory) = 0;
  /// std::errc::resource_unavailable_try_again: somebody else holds it.
  virtual std::error_code lock(const Path& path, std::unique_ptr<FileLock>& lock) = 0;

 protected:
  FileSystem() = default;
};

/// The operating system's, without any state.
FileSystem& posix_file_system() noexcept;

}  // namespace sluice::journal
