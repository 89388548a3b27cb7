#include "journal/segment_scan.hpp"

#include <algorithm>
#include <cstring>

#include "journal/record_view.hpp"

namespace sluice::journal {
namespace {

void note_ids(const RecordView& view, const IdKey& key, std::vector<IndexedId>& ids) {
  for (std::size_t i = 0; i < view.size(); ++i) {
    const EventView event = view[i];
    if (event.given_id.empty() || event.is_duplicate) continue;
    if (event.scoped_id) ids.push_back({*event.scoped_id, event.sequence, false});
    ids.push_back({key.fingerprint(view.organisation(), event.given_id), event.sequence,
                   event.scoped_id.has_value()});
  }
}

}  // namespace

SegmentScan scan_segment(const std::shared_ptr<File>& file, const SegmentHeader& header,
                         std::optional<Sequence> until, const IdKey& key) {
  SegmentScan scan;
  scan.end = {header.first, kRecordsBegin, {}};
  scan.last_crc = header.crc;
  SegmentReader reader(file, header.crc);
  reader.seek_first(header.first);
  while (!until || scan.end.next < *until) {
    scan.outcome = reader.next(header.bytes);
    scan.problem = reader.problem();
    if (scan.outcome != WalkOutcome::record) return scan;
    const auto view = RecordView::parse(reader.record());
    if (!view) {
      scan.outcome = WalkOutcome::damaged;
      scan.problem = "has parts that do not fit into each other";
      return scan;
    }
    const Place place{view->first(), scan.end.offset};
    if (scan.places.empty() || place.offset >= scan.places.back().offset + Segment::kPlaceBytes)
      scan.places.push_back(place);
    note_ids(*view, key, scan.ids);
    ++scan.records;
    scan.last_crc = reader.header().header_crc;
    scan.end = {view->first() + view->size(), reader.offset(),
                std::max(scan.end.newest_at, view->accepted_at())};
  }
  scan.outcome = WalkOutcome::end;
  return scan;
}

std::optional<std::uint64_t> find_record_behind(File& file, const SegmentHeader& header,
                                                std::uint64_t offset, std::uint64_t durable) {
  constexpr std::size_t kStep = SegmentReader::kChunk;
  std::vector<std::byte> chunk(kStep);
  std::vector<std::byte> head;
  for (std::uint64_t at = offset + kRecordAlignment; at < header.bytes;) {
    const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(kStep, header.bytes - at));
    std::size_t count = 0;
    if (file.read(std::span(chunk).first(wanted), at, count) || count < sizeof(RecordHeader))
      return std::nullopt;
    std::size_t i = 0;
    for (; i + sizeof(RecordHeader) <= count; i += kRecordAlignment) {
      const RecordHeader record = read_record_header(std::span(chunk).subspan(i));
      if (record.durable_bytes <= durable || !record.is_plausible() ||
          record.record_bytes() > header.bytes - at - i)
        continue;
      head.resize(static_cast<std::size_t>(record.head_bytes()));
      std::size_t head_bytes = 0;
      if (file.read(head, at + i, head_bytes) || head_bytes < head.size()) continue;
      if (header_crc_of(head, header.crc) == record.header_crc) return at + i;
    }
    at += i;
  }
  return std::nullopt;
}

}  // namespace sluice::journal
