#include "journal/event_finder.hpp"

#include <utility>

#include "journal/journal_error.hpp"
#include "journal/segment_index.hpp"
#include "journal/segment_reader.hpp"

namespace sluice::journal {

std::optional<StoredEvent> EventFinder::read(Sequence sequence) const {
  const auto segment = sequence == 0 ? nullptr : segments_.at(sequence);
  if (!segment) return std::nullopt;
  auto found = read_from(*segment, sequence);
  if (!found) return std::nullopt;
  return std::move(found->event);
}

std::optional<StoredEvent> EventFinder::find(std::uint32_t organisation,
                                             std::string_view event_id) const {
  if (event_id.empty() || event_id.size() > kMaxEventIdBytes) return std::nullopt;
  if (const auto sequence = keys_.event_ids.parse(event_id)) {
    const auto segment = *sequence == 0 ? nullptr : segments_.at(*sequence);
    auto found = segment ? read_from(*segment, *sequence) : std::nullopt;
    if (found && !found->has_given_id && found->event.organisation == organisation)
      return std::move(found->event);
  }
  return find_given(organisation, event_id);  // a caller's id may look like ours
}

/// Newest first: an id may come again once it is forgotten.
std::optional<StoredEvent> EventFinder::find_given(std::uint32_t organisation,
                                                   std::string_view id) const {
  const Fingerprint fingerprint = keys_.id_key.fingerprint(organisation, id);
  const auto segments = segments_.all();
  for (auto segment = segments.rbegin(); segment != segments.rend(); ++segment) {
    const auto sequence = look_up(**segment, fingerprint);
    auto found = sequence ? read_from(**segment, *sequence) : std::nullopt;
    if (found && found->event.organisation == organisation && found->event.event_id == id)
      return std::move(found->event);
  }
  return std::nullopt;
}

std::optional<Sequence> EventFinder::look_up(const Segment& segment, const Fingerprint& id) const {
  if (segment.ids() == 0) return std::nullopt;
  // In this order: the ids leave the memory after the index file has come.
  if (const auto sequence = segment.live_ids().find(id)) return sequence;
  if (!segment.has_index()) return std::nullopt;
  return find_in_index(file_system_, directory_, segment.number(), id);
}

std::optional<EventFinder::Found> EventFinder::read_from(const Segment& segment,
                                                         Sequence sequence) const {
  const SegmentEnd end = segment.end();
  if (segment.is_lost() || sequence < segment.first() || sequence >= end.next) return std::nullopt;
  const auto fail = [&](const std::string& what) {
    throw JournalError(segment.path().string() + " " + what);
  };
  std::error_code error;
  auto file = segment.open(error);
  if (error == std::errc::no_such_file_or_directory) return std::nullopt;  // dropped a moment ago
  if (error) fail("cannot be opened: " + error.message());
  SegmentReader reader(std::move(file), segment.crc(), SegmentReader::kSmallChunk);
  reader.seek(segment.place_before(sequence).offset);
  for (;;) {
    if (reader.next(end.offset) != WalkOutcome::record)
      fail("is damaged: what lies at byte " + std::to_string(reader.offset()) + " " +
           reader.problem());
    auto view = RecordView::parse(reader.record());
    if (!view) fail("is damaged at byte " + std::to_string(reader.record_offset()));
    if (view->first() + view->size() <= sequence) continue;
    view->drop_before(sequence);
    const EventView event = (*view)[0];
    if (event.is_duplicate) return std::nullopt;
    Found found{{event.sequence, view->organisation(), view->accepted_at(), std::string(event.given_id),
                 std::string(event.json), {event.webhooks.begin(), event.webhooks.end()}},
                !event.given_id.empty()};
    if (!found.has_given_id) found.event.event_id = keys_.event_ids.to_text(sequence);
    return found;
  }
}

}  // namespace sluice::journal
