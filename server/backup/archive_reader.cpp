#include "backup/archive_reader.hpp"

#include <archive.h>
#include <archive_entry.h>

#include <cerrno>
#include <new>
#include <system_error>
#include <utility>

#include "backup/backup_error.hpp"
#include "backup/manifest.hpp"

namespace sluice::backup {
namespace {

constexpr std::size_t kBlockBytes = std::size_t{256} << 10U;

}  // namespace

void ArchiveReader::Free::operator()(archive* archive) const noexcept {
  archive_read_free(archive);
}

ArchiveReader::ArchiveReader(std::filesystem::path path)
    : path_(std::move(path)), archive_(archive_read_new()) {
  if (!archive_) throw std::bad_alloc();
  archive_read_support_filter_zstd(archive_.get());
  archive_read_support_format_tar(archive_.get());
  if (archive_read_open_filename(archive_.get(), path_.c_str(), kBlockBytes) == ARCHIVE_OK) return;
  const int error = archive_errno(archive_.get());
  // The library's own word for another format is one of the system's error numbers.
  if (error <= 0 || error == EILSEQ) throw BackupError(path_.string() + " is no backup of sluice");
  throw BackupError(path_.string() +
                    " cannot be read: " + std::generic_category().message(error));
}

ArchiveReader::~ArchiveReader() = default;

void ArchiveReader::fail() const {
  const char* const own = archive_error_string(archive_.get());
  throw BackupError(path_.string() + " is damaged or cut off (" +
                    (own != nullptr ? own : "unknown error") + ")");
}

std::optional<ArchivedFile> ArchiveReader::next() {
  archive_entry* entry = nullptr;
  const int result = archive_read_next_header(archive_.get(), &entry);
  if (result == ARCHIVE_EOF) return std::nullopt;
  if (result != ARCHIVE_OK) fail();
  const char* const name = archive_entry_pathname(entry);
  if (name == nullptr || !is_backup_name(name) || archive_entry_filetype(entry) != AE_IFREG ||
      archive_entry_hardlink(entry) != nullptr)
    throw BackupError(path_.string() + " is no backup of sluice: it holds " +
                      (name != nullptr ? name : "a file without a name"));
  return ArchivedFile{name, static_cast<std::uint64_t>(archive_entry_size(entry))};
}

std::size_t ArchiveReader::read(std::span<char> into) {
  const la_ssize_t count = archive_read_data(archive_.get(), into.data(), into.size());
  if (count < 0) fail();
  return static_cast<std::size_t>(count);
}

}  // namespace sluice::backup
