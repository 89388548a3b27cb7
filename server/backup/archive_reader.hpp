// A backup as it is read, file by file, in the order in which they were written.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>

struct archive;

namespace sluice::backup {

struct ArchivedFile {
  std::string name;
  std::uint64_t bytes = 0;
};

/// Thread safety: one thread at a time.
class ArchiveReader {
 public:
  /// Errors: BackupError: it cannot be read, or is no backup.
  explicit ArchiveReader(std::filesystem::path path);
  ~ArchiveReader();
  ArchiveReader(const ArchiveReader&) = delete;
  ArchiveReader& operator=(const ArchiveReader&) = delete;

  /// The next file. Nothing: there are no more. Errors: BackupError: it is damaged or cut off, or
  /// holds what no backup holds.
  std::optional<ArchivedFile> next();
  /// The next bytes of that file; 0: it has ended. Errors: BackupError.
  std::size_t read(std::span<char> into);

 private:
  struct Free {
    void operator()(archive* archive) const noexcept;
  };
  [[noreturn]] void fail() const;

  const std::filesystem::path path_;
  std::unique_ptr<archive, Free> archive_;
};

}  // namespace sluice::backup
