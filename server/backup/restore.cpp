#include "backup/restore.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <optional>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "backup/archive_reader.hpp"
#include "backup/backup_error.hpp"
#include "base/digest.hpp"
#include "base/encoding.hpp"
#include "base/file_descriptor.hpp"

namespace sluice::backup {
namespace {

constexpr std::size_t kChunk = std::size_t{256} << 10U;
constexpr std::uint64_t kLargestManifest = std::uint64_t{64} << 20U;

[[noreturn]] void fail(const std::filesystem::path& path, const char* what, int error) {
  throw BackupError(path.string() + " cannot be " + what + ": " +
                    std::generic_category().message(error));
}

void make_directory(const std::filesystem::path& path) {
  if (::mkdir(path.c_str(), S_IRWXU) != 0) fail(path, "made", errno);
}

void sync_directory(const std::filesystem::path& path) {
  const base::FileDescriptor directory{::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (!directory || ::fsync(directory.get()) != 0) fail(path, "synced", errno);
}

void write_all(int file, const std::filesystem::path& path, std::string_view bytes) {
  while (!bytes.empty()) {
    const ::ssize_t written = ::write(file, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) fail(path, "written", errno);
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
}

/// The directory that the files lie in until they are known to be right; removed unless it was moved.
class Draft {
 public:
  Draft(const std::filesystem::path& target, base::Random& random)
      : path_(target.string() + ".restoring-" + base::random_alphanumeric(random, 8)) {
    make_directory(path_);
  }
  ~Draft() {
    std::error_code ignored;
    if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
  }
  Draft(const Draft&) = delete;
  Draft& operator=(const Draft&) = delete;

  const std::filesystem::path& path() const noexcept { return path_; }

  void move_to(const std::filesystem::path& target) {
    // An empty directory gives way, anything else does not.
    if (::rename(path_.c_str(), target.c_str()) != 0) fail(target, "put in its place", errno);
    path_.clear();
  }

 private:
  std::filesystem::path path_;
};

class Restore {
 public:
  Restore(const std::filesystem::path& archive, const std::filesystem::path& draft,
          const std::function<void(std::uint64_t)>& watcher)
      : path_(archive), reader_(archive), draft_(draft), watcher_(watcher) {}

  Manifest run() {
    while (const auto file = reader_.next()) {
      if (manifest_) damaged("something lies behind its list of files");
      if (file->name == kManifestName) {
        read_manifest(*file);
      } else {
        extract(*file);
      }
    }
    if (!manifest_) damaged("its list of files is missing");
    if (manifest_->files != files_) compare();
    sync_directories();
    return *std::move(manifest_);
  }

 private:
  [[noreturn]] void damaged(const std::string& what) const {
    throw BackupError(path_.string() + " is damaged or cut off: " + what);
  }

  void read_manifest(const ArchivedFile& file) {
    if (file.bytes > kLargestManifest) damaged("its list of files is too long");
    std::string text(static_cast<std::size_t>(file.bytes), '\0');
    std::size_t read = 0;
    while (read < text.size()) {
      const std::size_t count = reader_.read(std::span(text).subspan(read));
      if (count == 0) break;
      read += count;
    }
    manifest_ = parse_manifest(text);
    if (!manifest_) damaged("its list of files cannot be read; perhaps a later version wrote it");
  }

  void extract(const ArchivedFile& file) {
    if (file.name.starts_with(kJournalPrefix) && !std::exchange(has_journal_, true))
      make_directory(draft_ / "journal");
    const auto path = draft_ / file.name;
    const base::FileDescriptor out{
        ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR)};
    if (!out) fail(path, "made", errno);
    base::Sha256 digest;
    std::uint64_t bytes = 0;
    while (const std::size_t count = reader_.read(chunk_)) {
      const std::string_view piece(chunk_.data(), count);
      digest.add(piece);
      write_all(out.get(), path, piece);
      bytes += count;
      watcher_(count);
    }
    if (::fsync(out.get()) != 0) fail(path, "synced", errno);
    files_.push_back({file.name, bytes, base::to_hex(base::bytes_of(digest.finish()))});
  }

  [[noreturn]] void compare() const {
    for (const ManifestFile& listed : manifest_->files) {
      const auto found = std::ranges::find(files_, listed.name, &ManifestFile::name);
      if (found == files_.end()) damaged(listed.name + " is missing");
      if (*found != listed) damaged("the checksum of " + listed.name + " is wrong");
    }
    damaged("it holds files that its list does not name");
  }

  void sync_directories() const {
    if (has_journal_) sync_directory(draft_ / "journal");
    sync_directory(draft_);
  }

  const std::filesystem::path& path_;
  ArchiveReader reader_;
  const std::filesystem::path& draft_;
  const std::function<void(std::uint64_t)>& watcher_;
  std::vector<char> chunk_ = std::vector<char>(kChunk);
  std::vector<ManifestFile> files_;
  std::optional<Manifest> manifest_;
  bool has_journal_ = false;
};

/// Without the slash at its end, beside which nothing can be made.
std::filesystem::path trimmed(const std::filesystem::path& path) {
  const std::filesystem::path whole = std::filesystem::absolute(path).lexically_normal();
  return whole.has_filename() ? whole : whole.parent_path();
}

}  // namespace

Manifest restore(const std::filesystem::path& archive, const std::filesystem::path& target,
                 base::Random& random, const std::function<void(std::uint64_t bytes)>& watcher) {
  const std::filesystem::path place = trimmed(target);
  std::error_code error;
  if (std::filesystem::exists(std::filesystem::symlink_status(place, error)) &&
      !std::filesystem::is_empty(place, error))
    throw BackupError(target.string() + " is there already, and is not overwritten");
  Draft draft(place, random);
  Manifest manifest = Restore(archive, draft.path(), watcher).run();
  draft.move_to(place);
  sync_directory(place.parent_path());
  return manifest;
}

}  // namespace sluice::backup
