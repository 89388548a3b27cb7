#include "backup/archive_writer.hpp"

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <new>
#include <system_error>
#include <utility>

#include "backup/backup_error.hpp"
#include "base/encoding.hpp"

namespace sluice::backup {
namespace {

using Entry = std::unique_ptr<archive_entry, decltype(&archive_entry_free)>;

std::string words(int error) { return std::generic_category().message(error); }

[[noreturn]] void fail_on(const std::filesystem::path& path, const char* what, int error) {
  throw BackupError(path.string() + " cannot be " + what + ": " + words(error));
}

Entry make_entry(const std::string& name, std::uint64_t bytes, base::Time now) {
  Entry entry(archive_entry_new(), &archive_entry_free);
  if (!entry) throw std::bad_alloc();
  archive_entry_set_pathname(entry.get(), name.c_str());
  archive_entry_set_size(entry.get(), static_cast<la_int64_t>(bytes));
  archive_entry_set_filetype(entry.get(), AE_IFREG);
  archive_entry_set_perm(entry.get(), S_IRUSR | S_IWUSR);
  archive_entry_set_mtime(
      entry.get(), std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch()).count(),
      0);
  return entry;
}

void sync_directory_of(const std::filesystem::path& path) {
  const std::filesystem::path parent = path.has_parent_path() ? path.parent_path() : ".";
  const base::FileDescriptor directory{::open(parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (!directory || ::fsync(directory.get()) != 0) fail_on(parent, "synced", errno);
}

}  // namespace

void ArchiveWriter::Free::operator()(archive* archive) const noexcept {
  archive_write_fail(archive);  // what is not closed by now is thrown away
  archive_write_free(archive);
}

ArchiveWriter::ArchiveWriter(std::filesystem::path target, base::Time now, base::Random& random,
                             Watcher watcher)
    : target_(std::move(target)),
      draft_(target_.string() + ".part-" + base::random_alphanumeric(random, 8)),
      now_(now),
      watcher_(std::move(watcher)) {
  struct ::stat status {};
  if (::lstat(target_.c_str(), &status) == 0)
    throw BackupError(target_.string() + " is there already, and is not overwritten");
  file_.reset(::open(draft_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR));
  if (!file_) fail_on(draft_, "made", errno);
  archive_.reset(archive_write_new());
  if (!archive_) throw std::bad_alloc();
  // Level 1: the service beside it needs the processor more than the backup needs the bytes.
  const bool is_ready =
      archive_write_add_filter_zstd(archive_.get()) == ARCHIVE_OK &&
      archive_write_set_filter_option(archive_.get(), "zstd", "compression-level", "1") ==
          ARCHIVE_OK &&
      archive_write_set_format_pax_restricted(archive_.get()) == ARCHIVE_OK &&
      archive_write_open_fd(archive_.get(), file_.get()) == ARCHIVE_OK;
  if (!is_ready) fail();
}

ArchiveWriter::~ArchiveWriter() {
  archive_.reset();
  if (file_) ::unlink(draft_.c_str());
  ::unlink(scratch_name().c_str());
}

void ArchiveWriter::fail() const {
  const int error = archive_errno(archive_.get());
  const char* const own = archive_error_string(archive_.get());
  const std::string reason = error > 0 ? words(error) : own != nullptr ? own : "unknown error";
  throw BackupError(target_.string() + " cannot be written: " + reason);
}

void ArchiveWriter::begin(const std::string& name, std::uint64_t bytes) {
  end_file();
  const Entry entry = make_entry(name, bytes, now_);
  if (archive_write_header(archive_.get(), entry.get()) != ARCHIVE_OK) fail();
  files_.push_back({name, bytes, {}});
  digest_ = base::Sha256();
  is_within_file_ = true;
}

void ArchiveWriter::take(std::string_view bytes) {
  digest_.add(bytes);
  const la_ssize_t written = archive_write_data(archive_.get(), bytes.data(), bytes.size());
  if (written < 0 || static_cast<std::size_t>(written) != bytes.size()) fail();
  watcher_(bytes.size());
}

void ArchiveWriter::end_file() {
  if (!std::exchange(is_within_file_, false)) return;
  if (archive_write_finish_entry(archive_.get()) != ARCHIVE_OK) fail();
  files_.back().sha256 = base::to_hex(base::bytes_of(digest_.finish()));
}

void ArchiveWriter::add(const std::string& name, std::string_view content) {
  begin(name, content.size());
  take(content);
}

void ArchiveWriter::finish(Manifest manifest) {
  end_file();
  manifest.files = files_;
  add(std::string(kManifestName), to_json(manifest));
  end_file();
  files_.pop_back();
  if (archive_write_close(archive_.get()) != ARCHIVE_OK) fail();
  if (::fsync(file_.get()) != 0) fail_on(target_, "synced", errno);
  if (::renameat2(AT_FDCWD, draft_.c_str(), AT_FDCWD, target_.c_str(), RENAME_NOREPLACE) != 0)
    fail_on(target_, "given its name", errno);
  file_.reset();
  sync_directory_of(target_);
}

}  // namespace sluice::backup
