// One event out of the journal, by its number or by its id.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "journal/journal.hpp"
#include "journal/journal_keys.hpp"
#include "journal/segment_list.hpp"

namespace sluice::journal {

/// Thread safety: every member, from any thread.
class EventFinder {
 public:
  EventFinder(const SegmentList& segments, FileSystem& file_system,
              std::filesystem::path directory, const JournalKeys& keys)
      : segments_(segments),
        file_system_(file_system),
        directory_(std::move(directory)),
        keys_(keys) {}

  /// See Journal::read_event and Journal::find.
  std::optional<StoredEvent> read(Sequence sequence) const;
  std::optional<StoredEvent> find(std::uint32_t organisation, std::string_view event_id) const;

 private:
  struct Found {
    StoredEvent event;
    bool has_given_id;
  };
  std::optional<Found> read_from(const Segment& segment, Sequence sequence) const;
  std::optional<StoredEvent> find_given(std::uint32_t organisation, std::string_view id) const;
  std::optional<Sequence> look_up(const Segment& segment, const Fingerprint& id) const;

  const SegmentList& segments_;
  FileSystem& file_system_;
  const std::filesystem::path directory_;
  const JournalKeys& keys_;
};

}  // namespace sluice::journal
