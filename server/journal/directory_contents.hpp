// Which files a journal's directory holds, and what the first page of each segment says.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <set>
#include <vector>

#include "journal/file_system.hpp"
#include "journal/segment_header.hpp"

namespace sluice::journal {

struct SegmentFile {
  std::uint64_t number = 0;
  std::filesystem::path path;
  std::uint64_t bytes = 0;
  HeaderState state = HeaderState::damaged;
  SegmentHeader header;
  bool is_lost = false;
};

struct DirectoryContents {
  std::map<std::uint64_t, SegmentFile> segments;  // by number
  std::set<std::uint64_t> indexes;
  std::vector<std::filesystem::path> spares;
  std::vector<std::filesystem::path> unfinished;
};

/// Errors: JournalError, when the directory or a segment in it cannot be read.
DirectoryContents read_directory(FileSystem& file_system, const std::filesystem::path& directory);

}  // namespace sluice::journal
