#include "journal/record_view.hpp"

#include <algorithm>
#include <cstring>

#include "journal/record.hpp"

namespace sluice::journal {
namespace {

EventEntry entry_at(const std::byte* entries, std::size_t index) noexcept {
  EventEntry entry;
  std::memcpy(&entry, entries + index * sizeof entry, sizeof entry);
  return entry;
}

bool has_scope(const EventEntry& entry) noexcept {
  return (entry.behind & EventEntry::kFingerprintBehind) != 0;
}

/// Whether every event's parts lie within the record's, in order.
bool are_in_order(const std::byte* entries, const RecordHeader& header,
                  std::uint64_t data_bytes) noexcept {
  EventEntry before{};
  for (std::size_t i = 0; i < header.events; ++i) {
    const EventEntry entry = entry_at(entries, i);
    if (entry.data_end < before.data_end || entry.webhooks_end < before.webhooks_end) return false;
    const std::uint64_t bytes = entry.data_end - before.data_end;
    const std::uint64_t scoped = has_scope(entry) ? sizeof(Fingerprint) : 0;
    if (std::uint64_t{entry.id_offset} + entry.id_bytes + scoped > bytes) return false;
    before = entry;
  }
  return before.data_end == data_bytes && before.webhooks_end == header.webhooks;
}

}  // namespace

std::optional<RecordView> RecordView::parse(std::span<const std::byte> record) noexcept {
  if (record.size() < sizeof(RecordHeader)) return std::nullopt;
  const RecordHeader header = read_record_header(record);
  if (!header.is_plausible() || header.head_bytes() + header.payload_bytes > record.size())
    return std::nullopt;
  RecordView view = of_head(header);
  view.duplicates_ = record.data() + sizeof(RecordHeader);
  view.entries_ = record.data() + header.head_bytes();
  const std::byte* const webhooks = view.entries_ + header.events * sizeof(EventEntry);
  // The bytes were read into an array of std::byte, whose objects come into being with their use.
  view.webhooks_ = reinterpret_cast<const std::uint32_t*>(webhooks);
  view.data_ = reinterpret_cast<const char*>(webhooks + header.webhooks * sizeof(std::uint32_t));
  const std::uint64_t data_bytes = header.payload_bytes - header.events * sizeof(EventEntry) -
                                   header.webhooks * sizeof(std::uint32_t);
  if (!are_in_order(view.entries_, header, data_bytes)) return std::nullopt;
  return view;
}

RecordView RecordView::of_head(const RecordHeader& header) noexcept {
  RecordView view;
  view.organisation_ = header.organisation;
  view.accepted_at_ = base::Time{std::chrono::microseconds{header.accepted_at}};
  view.first_ = header.first;
  view.count_ = header.events;
  return view;
}

EventView RecordView::operator[](std::size_t index) const noexcept {
  const std::size_t at = skipped_ + index;
  const EventEntry entry = entry_at(entries_, at);
  const EventEntry before = at == 0 ? EventEntry{} : entry_at(entries_, at - 1);
  std::string_view data(data_ + before.data_end, entry.data_end - before.data_end);
  EventView event;
  event.sequence = first_ + index;
  event.given_id = data.substr(entry.id_offset, entry.id_bytes);
  if (has_scope(entry)) {
    data.remove_suffix(sizeof(Fingerprint));
    std::memcpy(&event.scoped_id.emplace(), data.data() + data.size(), sizeof(Fingerprint));
  }
  const bool is_id_behind = (entry.behind & EventEntry::kIdBehind) != 0;
  event.json = is_id_behind ? data.substr(0, entry.id_offset) : data;
  event.webhooks = {webhooks_ + before.webhooks_end, entry.webhooks_end - before.webhooks_end};
  event.is_duplicate = (std::to_integer<unsigned>(duplicates_[at / 8]) >> (at % 8) & 1U) != 0;
  return event;
}

void RecordView::drop_before(Sequence from) noexcept {
  if (from <= first_) return;
  const std::size_t dropped = std::min<std::uint64_t>(from - first_, count_);
  skipped_ += dropped;
  count_ -= dropped;
  first_ += dropped;
}

}  // namespace sluice::journal
