// From the files of a directory to a journal that can go on: finds the segments, reads the newest in
// full, tells a torn tail from damage, and fills the window of ids.
//
// A tail is torn where the last segment holds a record that is not whole, and nothing behind it says
// that it was once on the disk. Nobody was told of it, so it is cut off. Everywhere else, what is not
// whole is damage, and the journal does not open.
#pragma once

#include <cstdint>
#include <deque>
#include <filesystem>
#include <vector>

#include "base/clock.hpp"
#include "journal/id_window.hpp"
#include "journal/journal_keys.hpp"
#include "journal/options.hpp"
#include "journal/retention.hpp"
#include "journal/segment_list.hpp"
#include "journal/segment_supply.hpp"
#include "journal/segment_writer.hpp"

namespace sluice::journal {

struct Recovered {
  std::vector<std::shared_ptr<Segment>> segments;  // oldest first; none is empty but lost ones
  WritePosition position;
  std::vector<PreparedSegment> prepared;
  std::vector<std::filesystem::path> spares;
  std::uint64_t next_number = 1;  // of the segment to prepare next
  std::deque<KeptIndex> left_over_indexes;
  IdWindow ids;
};

/// Precondition: the directory is there and locked. Errors: JournalError, std::bad_alloc.
Recovered recover(FileSystem& file_system, const Options& options, const JournalKeys& keys,
                  const base::Clock& clock);

}  // namespace sluice::journal
