#include "journal/segment_writer.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

namespace sluice::journal {
namespace {

constexpr std::array<std::byte, kRecordAlignment> kPadding{};

::iovec piece_of(std::span<const std::byte> bytes) noexcept {
  // iovec is for reading too, so it takes no const; nothing is written through it here.
  return {const_cast<std::byte*>(bytes.data()), bytes.size()};
}

RecordHeader header_of(const RecordDraft& draft) noexcept {
  const Batch& batch = *draft.batch;
  RecordHeader header;
  header.first = draft.first;
  header.accepted_at = batch.accepted_at.time_since_epoch().count();
  header.organisation = batch.organisation;
  header.events = static_cast<std::uint32_t>(batch.entries.size());
  header.duplicates = static_cast<std::uint32_t>(draft.duplicates.size());
  header.webhooks = static_cast<std::uint32_t>(batch.webhooks.size());
  header.payload_bytes = static_cast<std::uint32_t>(batch.entries.size() * sizeof(EventEntry) +
                                                    batch.webhooks.size() * sizeof(std::uint32_t) +
                                                    batch.data.size());
  header.payload_crc = batch.payload_crc;
  return header;
}

}  // namespace

void SegmentWriter::resume(WritePosition position) {
  segment_ = std::move(position.segment);
  file_ = std::move(position.file);
  if (segment_) segment_->share(file_);
  offset_ = segment_ ? segment_->end().offset : 0;
  last_crc_ = position.last_crc;
  next_ = position.next;
}

std::uint64_t SegmentWriter::room() const noexcept {
  return segment_ ? segment_->bytes() - offset_ : 0;
}

std::error_code SegmentWriter::begin(const PreparedSegment& prepared, bool is_synced) {
  segment_.reset();
  if (const auto left = std::exchange(file_, nullptr); left && durability_ == Durability::os) {
    // The header of the next segment says that this one is whole.
    if (const std::error_code error = left->sync()) return error;
  }
  SegmentHeader header;
  header.journal = journal_;
  header.number = prepared.number;
  header.first = next_;
  header.bytes = prepared.bytes;
  header.begun_at = clock_.now().time_since_epoch().count();
  random_.fill(std::as_writable_bytes(std::span(&header.salt, 1)));
  header.crc = header.compute_crc();
  auto segment = std::make_shared<Segment>(prepared.path, header, file_system_);
  const auto bytes = std::as_bytes(std::span(&header, 1));
  if (const std::error_code error = prepared.file->write(bytes, 0)) return error;
  if (is_synced)
    if (const std::error_code error = prepared.file->sync()) return error;
  unlisted_ = prepared;
  segment_ = std::move(segment);
  file_ = prepared.file;
  segment_->share(file_);
  offset_ = kRecordsBegin;
  last_crc_ = header.crc;
  return {};
}

std::byte* SegmentWriter::lay_out_head(const RecordDraft& draft, std::byte* at) {
  RecordHeader header = header_of(draft);
  header.previous = last_crc_;
  header.durable_bytes = static_cast<std::uint32_t>(segment_->durable_bytes());
  const std::span<std::byte> head(at, static_cast<std::size_t>(header.head_bytes()));
  std::ranges::fill(head, std::byte{0});
  for (const std::uint32_t index : draft.duplicates)
    head[sizeof header + index / 8] |= std::byte{1} << (index % 8);
  std::memcpy(at, &header, sizeof header);
  header.header_crc = header_crc_of(head, segment_->crc());
  std::memcpy(at, &header, sizeof header);
  last_crc_ = header.header_crc;

  const Batch& batch = *draft.batch;
  const std::uint64_t unpadded = head.size() + header.payload_bytes;
  pieces_.push_back(piece_of(head));
  pieces_.push_back(piece_of(std::as_bytes(std::span(batch.entries))));
  pieces_.push_back(piece_of(std::as_bytes(std::span(batch.webhooks))));
  pieces_.push_back(piece_of(std::as_bytes(std::span(batch.data))));
  pieces_.push_back(
      piece_of(std::span(kPadding).first(static_cast<std::size_t>(header.record_bytes() - unpadded))));
  places_.push_back({draft.first, offset_});
  offset_ += header.record_bytes();
  return at + head.size();
}

void SegmentWriter::lay_out(std::span<const RecordDraft> drafts) {
  std::size_t head_bytes = 0;
  for (const RecordDraft& draft : drafts) head_bytes += header_of(draft).head_bytes();
  if (heads_.size() < head_bytes) heads_.resize(head_bytes);
  pieces_.clear();
  places_.clear();
  pieces_.reserve(drafts.size() * 5);
  places_.reserve(drafts.size());
  std::byte* at = heads_.data();
  for (const RecordDraft& draft : drafts) at = lay_out_head(draft, at);
}

std::error_code SegmentWriter::write(std::span<const RecordDraft> drafts,
                                     std::span<const IndexedId> ids) {
  if (drafts.empty()) return {};
  segments_.reserve();
  segment_->reserve(drafts.size(), ids.size());
  const std::uint64_t begin = offset_;
  lay_out(drafts);
  if (const std::error_code error = file_->write(pieces_, begin)) return error;
  if (durability_ == Durability::fsync) {
    if (const std::error_code error = file_->sync()) return error;
    segment_->set_durable_bytes(offset_);
  }
  if (unlisted_) {
    segments_.add(segment_);
    unlisted_.reset();
  }
  SegmentEnd end{next_, offset_, {}};
  for (const RecordDraft& draft : drafts) {
    end.next = draft.first + draft.batch->size();
    end.newest_at = std::max(end.newest_at, draft.batch->accepted_at);
  }
  next_ = end.next;
  segment_->commit(places_, ids, end);
  return {};
}

std::optional<PreparedSegment> SegmentWriter::abandon() noexcept {
  segment_.reset();
  file_.reset();
  return std::exchange(unlisted_, std::nullopt);
}

std::error_code SegmentWriter::sync_behind() {
  const auto segment = segments_.newest();
  if (!segment) return {};
  const std::uint64_t committed = segment->end().offset;
  if (committed <= segment->durable_bytes()) return {};
  std::error_code error;
  const auto file = segment->open(error);
  if (!error) error = file->sync();
  if (!error) segment->set_durable_bytes(committed);
  return error;
}

}  // namespace sluice::journal
