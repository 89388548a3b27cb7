// What is in a journal's directory, for people: read only, without a lock, also beside a running server
// and where the journal does not open.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.hpp"
#include "journal/file_system.hpp"
#include "journal/record_view.hpp"
#include "journal/sequence.hpp"

namespace sluice::journal {

enum class SegmentState : std::uint8_t {
  full,      // another one follows
  open,      // the one that is written to
  prepared,  // for later; it holds nothing
  lost,      // given up by the operator
  damaged    // see problem
};
std::string_view to_text(SegmentState state) noexcept;

struct SegmentReport {
  std::string name;  // of the file
  SegmentState state = SegmentState::damaged;
  std::uint64_t file_bytes = 0;
  std::uint64_t used_bytes = 0;
  std::uint64_t records = 0;
  Sequence first = 0;  // 0: it holds no events
  Sequence last = 0;
  base::Time begun_at{};
  base::Time newest_at{};
  std::uint64_t ids = 0;  // of callers
  bool has_index = false;
  std::string problem;  // names the byte
};

struct JournalReport {
  std::filesystem::path directory;
  std::vector<SegmentReport> segments;
  std::vector<std::string> problems;  // of the directory, and of each segment
};

/// Reads every segment in full. Errors: JournalError when there is no journal; std::bad_alloc.
JournalReport inspect(FileSystem& file_system, const std::filesystem::path& directory);

struct InspectedEvent {
  std::uint32_t organisation = 0;
  base::Time accepted_at{};
  EventView event;
  std::string event_id;  // empty: the keys that it is made with cannot be read
};

/// Gives every event that can be read, in order, also what lies behind damage; false ends it.
/// Errors: JournalError, std::bad_alloc, what `visit` throws.
void visit_events(FileSystem& file_system, const std::filesystem::path& directory,
                  const std::function<bool(const InspectedEvent&)>& visit);

}  // namespace sluice::journal
