#include "journal/directory_contents.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <system_error>
#include <utility>

#include "journal/journal_error.hpp"

namespace sluice::journal {
namespace {

SegmentFile read_segment_file(FileSystem& file_system, const std::filesystem::path& path,
                              const NumberedFile& name) {
  SegmentFile segment;
  segment.number = name.number;
  segment.path = path;
  segment.is_lost = name.kind == FileKind::lost;
  std::unique_ptr<File> file;
  std::array<std::byte, sizeof(SegmentHeader)> bytes{};
  std::size_t count = 0;
  std::error_code error = file_system.open(path, OpenMode::read, file);
  if (!error) error = file->size(segment.bytes);
  if (!error) error = file->read(bytes, 0, count);
  if (error && !segment.is_lost)
    throw JournalError(path.string() + " cannot be read: " + error.message());
  if (count == bytes.size()) segment.state = read_segment_header(bytes, segment.header);
  return segment;
}

}  // namespace

DirectoryContents read_directory(FileSystem& file_system, const std::filesystem::path& directory) {
  std::vector<std::string> names;
  if (const std::error_code error = file_system.list(directory, names))
    throw JournalError(directory.string() + " cannot be read: " + error.message());
  std::ranges::sort(names);  // a .log comes before a .lost of the same number
  DirectoryContents contents;
  for (const std::string& name : names) {
    const auto path = directory / name;
    if (name.ends_with(kUnfinishedSuffix)) {
      contents.unfinished.push_back(path);
    } else if (name.starts_with(kSparePrefix)) {
      contents.spares.push_back(path);
    } else if (const auto file = parse_file_name(name)) {
      if (file->kind == FileKind::index) {
        contents.indexes.insert(file->number);
      } else {
        contents.segments.emplace(file->number, read_segment_file(file_system, path, *file));
      }
    }
  }
  return contents;
}

}  // namespace sluice::journal
