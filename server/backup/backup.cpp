#include "backup/backup.hpp"

#include <unistd.h>

#include <fstream>
#include <optional>
#include <sstream>
#include <system_error>
#include <vector>

#include "backup/archive_writer.hpp"
#include "backup/backup_error.hpp"
#include "config_store/data_dir.hpp"
#include "config_store/database_snapshot.hpp"
#include "journal/file_system.hpp"
#include "journal/journal_keys.hpp"
#include "journal/retention_hold.hpp"

namespace sluice::backup {
namespace {

constexpr std::size_t kChunk = std::size_t{256} << 10U;

bool is_there(const std::filesystem::path& path) {
  std::error_code ignored;
  return std::filesystem::exists(path, ignored);
}

std::ifstream open(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw BackupError(path.string() + " cannot be opened");
  return file;
}

std::string read_whole(const std::filesystem::path& path) {
  std::ifstream file = open(path);
  std::ostringstream text;
  text << file.rdbuf();
  if (file.bad()) throw BackupError(path.string() + " cannot be read");
  return std::move(text).str();
}

void add_file(ArchiveWriter& archive, const std::string& name, const std::filesystem::path& path) {
  std::ifstream file = open(path);
  archive.begin(name, std::filesystem::file_size(path));
  std::vector<char> chunk(kChunk);
  while (file.read(chunk.data(), static_cast<std::streamsize>(chunk.size())) || file.gcount() > 0)
    archive.take({chunk.data(), static_cast<std::size_t>(file.gcount())});
  if (file.bad()) throw BackupError(path.string() + " cannot be read");
}

void add_database(ArchiveWriter& archive, const std::string& name,
                  const store::DatabaseSnapshot& snapshot,
                  const std::function<void(std::uint64_t)>& watcher) {
  const std::string scratch = archive.scratch_name();
  snapshot.write_to(scratch, [&watcher] { watcher(0); });
  add_file(archive, name, scratch);
  if (::unlink(scratch.c_str()) != 0) throw BackupError(scratch + " cannot be removed");
}

/// Puts the journal's files into the archive.
class JournalTaker final : public journal::FileTaker {
 public:
  explicit JournalTaker(ArchiveWriter& archive) : archive_(archive) {}
  void begin(const std::string& name, std::uint64_t bytes) override {
    archive_.begin(std::string(kJournalPrefix) + name, bytes);
  }
  void take(std::span<const std::byte> bytes) override {
    archive_.take({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  }

 private:
  ArchiveWriter& archive_;
};

}  // namespace

std::uint64_t BackupReport::data_bytes() const noexcept {
  std::uint64_t bytes = 0;
  for (const ManifestFile& file : manifest.files) bytes += file.bytes;
  return bytes;
}

BackupReport back_up(const std::filesystem::path& directory, const std::filesystem::path& target,
                     const std::string& program, const base::Clock& clock, base::Random& random,
                     const std::function<void(std::uint64_t bytes)>& watcher) {
  const auto config = directory / "config.db";
  if (!is_there(config)) throw BackupError("there is no data of a service in " + directory.string());
  BackupReport report;
  report.manifest.program = program;
  report.manifest.begun_at = clock.now();
  ArchiveWriter archive(target, report.manifest.begun_at, random, watcher);

  const auto journal = directory / "journal";
  const bool has_journal = is_there(journal / journal::kKeysFileName);
  std::optional<journal::RetentionHold> hold;
  if (has_journal) hold.emplace(journal);
  if (const auto progress = directory / "progress.log"; is_there(progress))
    archive.add("progress.log", read_whole(progress));
  if (const auto deliveries = directory / "deliveries.db"; is_there(deliveries))
    add_database(archive, "deliveries.db", store::DatabaseSnapshot(deliveries), watcher);
  if (has_journal) {
    JournalTaker taker(archive);
    report.manifest.events = journal::copy_journal(journal::posix_file_system(), journal, taker);
    hold.reset();
  }
  add_database(archive, "config.db", store::DatabaseSnapshot(config), watcher);
  for (const char* const key : {"master.key", "delivery_ids.key"})
    if (is_there(directory / key)) archive.add(key, read_whole(directory / key));
  archive.finish(report.manifest);
  report.manifest.files = archive.files();
  report.archive_bytes = std::filesystem::file_size(target);
  return report;
}

}  // namespace sluice::backup
