// The index file of a full segment: its callers' ids, sorted, and where its records begin. It outlives
// the segment for as long as the window of remembered ids needs it, and can be made again from the
// segment while that is there.
//
//   IndexHeader | places: {sequence - first, offset} 8 bytes | ids: 16 bytes, ascending |
//   sequences: sequence - first, 4 bytes each, in the order of the ids; the uppermost bit says that
//   the id is for finding its event only
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <system_error>
#include <vector>

#include "journal/file_system.hpp"
#include "journal/live_ids.hpp"
#include "journal/segment.hpp"

namespace sluice::journal {

struct SegmentIndex {
  std::uint64_t number = 0;
  std::uint32_t segment_crc = 0;  // of the segment's header
  Sequence first = 0;
  SegmentEnd end;
  std::vector<Place> places;
  std::size_t id_count = 0;  // without those that are for finding only
  std::vector<IndexedId> ids;  // in any order
};

/// Writes `directory`'s index file of `index.number`, so that it is there as a whole or not at all.
/// Sorts the ids. Errors: what the disk says; std::bad_alloc.
std::error_code write_index(FileSystem& file_system, const std::filesystem::path& directory,
                            SegmentIndex& index);

/// Without the ids. Nothing: there is no such file, or it is damaged.
std::optional<SegmentIndex> read_index(FileSystem& file_system,
                                       const std::filesystem::path& directory,
                                       std::uint64_t number);
/// The ids alone. Nothing: as above.
std::optional<std::vector<IndexedId>> read_indexed_ids(FileSystem& file_system,
                                                       const std::filesystem::path& directory,
                                                       std::uint64_t number);

/// The sequence of `id` in the index file. Nothing: it is not there, or there is no such file. What is
/// found is checked by reading the event. Complexity: two or three reads of a page.
std::optional<Sequence> find_in_index(FileSystem& file_system,
                                      const std::filesystem::path& directory, std::uint64_t number,
                                      const Fingerprint& id);

}  // namespace sluice::journal
