// A backup as it is written: a tar, compressed with zstd, whose files are named as in the data
// directory. It has another name until it is whole and on the disk.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "backup/manifest.hpp"
#include "base/digest.hpp"
#include "base/file_descriptor.hpp"
#include "base/random.hpp"
#include "base/time.hpp"

struct archive;

namespace sluice::backup {

/// Thread safety: one thread at a time.
class ArchiveWriter {
 public:
  /// Told of the bytes that were written of the files; may throw, which ends it.
  using Watcher = std::function<void(std::uint64_t bytes)>;

  /// Errors: BackupError: `target` is there already, or cannot be made.
  ArchiveWriter(std::filesystem::path target, base::Time now, base::Random& random,
                Watcher watcher);
  ~ArchiveWriter();  // removes what was not finished
  ArchiveWriter(const ArchiveWriter&) = delete;
  ArchiveWriter& operator=(const ArchiveWriter&) = delete;

  /// A name beside the target that nobody else has, for what must be a file before it is added.
  std::string scratch_name() const { return draft_.string() + "-db"; }

  /// A file begins; then its bytes come by take(), exactly as many as were said. Errors: BackupError;
  /// what the watcher throws.
  void begin(const std::string& name, std::uint64_t bytes);
  void take(std::string_view bytes);
  void add(const std::string& name, std::string_view content);

  /// Adds the manifest, with the files so far, and gives the backup its name. Errors: BackupError.
  void finish(Manifest manifest);

  const std::vector<ManifestFile>& files() const noexcept { return files_; }

 private:
  struct Free {
    void operator()(archive* archive) const noexcept;
  };
  void end_file();
  [[noreturn]] void fail() const;

  const std::filesystem::path target_;
  const std::filesystem::path draft_;
  const base::Time now_;
  const Watcher watcher_;
  base::FileDescriptor file_;
  std::unique_ptr<archive, Free> archive_;
  std::vector<ManifestFile> files_;
  base::Sha256 digest_;  // of the file at hand
  bool is_within_file_ = false;
};

}  // namespace sluice::backup
