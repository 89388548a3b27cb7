#include "journal/journal_keys.hpp"

#include <array>
#include <memory>
#include <span>
#include <string>
#include <type_traits>

#include "journal/crc32c.hpp"
#include "journal/journal_error.hpp"
#include "journal/segment_header.hpp"

namespace sluice::journal {
namespace {

struct KeyFile {
  static constexpr std::uint64_t kMagic = 0x4B656369756C73;  // "sluiceK"
  static constexpr std::uint32_t kVersion = 1;

  std::uint64_t magic = kMagic;
  std::uint32_t version = kVersion;
  std::uint32_t crc = 0;  // of what follows
  std::uint64_t journal = 0;
  EventIds::Key event_id_key{};
  std::array<std::byte, IdKey::kBytes> id_secret{};

  std::uint32_t compute_crc() const noexcept {
    return crc32c(0, std::as_bytes(std::span(this, 1)).subspan(offsetof(KeyFile, journal)));
  }
};
static_assert(std::has_unique_object_representations_v<KeyFile>);

[[noreturn]] void fail(const std::filesystem::path& path, const std::string& what) {
  throw JournalError(path.string() + " " + what);
}

KeyFile make_keys(base::Random& random) {
  KeyFile keys;
  random.fill(std::as_writable_bytes(std::span(&keys.journal, 1)));
  random.fill(std::as_writable_bytes(std::span(keys.event_id_key)));
  random.fill(keys.id_secret);
  keys.crc = keys.compute_crc();
  return keys;
}

void write_keys(FileSystem& file_system, const std::filesystem::path& directory,
                const KeyFile& keys) {
  const auto path = directory / kKeysFileName;
  auto unfinished = path;
  unfinished += kUnfinishedSuffix;
  file_system.remove(unfinished);  // usually there is none
  std::unique_ptr<File> file;
  std::error_code error = file_system.open(unfinished, OpenMode::create, file);
  if (!error) error = file->write(std::as_bytes(std::span(&keys, 1)), 0);
  if (!error) error = file->sync();
  if (!error) error = file_system.rename(unfinished, path);
  if (!error) error = file_system.sync_directory(directory);
  if (error) fail(path, "cannot be written: " + error.message());
}

JournalKeys to_keys(const KeyFile& keys) {
  return {keys.journal, IdKey(keys.id_secret), EventIds(keys.event_id_key)};
}

}  // namespace

JournalKeys open_keys(FileSystem& file_system, const std::filesystem::path& directory,
                      base::Random& random, MissingKeys missing) {
  const auto path = directory / kKeysFileName;
  std::unique_ptr<File> file;
  std::error_code error = file_system.open(path, OpenMode::read, file);
  if (error == std::errc::no_such_file_or_directory && missing == MissingKeys::make) {
    const KeyFile keys = make_keys(random);
    write_keys(file_system, directory, keys);
    return to_keys(keys);
  }
  KeyFile keys;
  std::size_t count = 0;
  if (!error) error = file->read(std::as_writable_bytes(std::span(&keys, 1)), 0, count);
  if (error)
    fail(path, "cannot be read: " + error.message() +
                   ". It belongs to the segments beside it: restore it from a copy");
  if (count == sizeof keys && keys.magic == KeyFile::kMagic && keys.version != KeyFile::kVersion)
    fail(path, "has format " + std::to_string(keys.version) + "; this program knows format " +
                   std::to_string(KeyFile::kVersion));
  if (count < sizeof keys || keys.magic != KeyFile::kMagic || keys.crc != keys.compute_crc())
    fail(path, "is damaged. It belongs to the segments beside it: restore it from a copy");
  return to_keys(keys);
}

}  // namespace sluice::journal
