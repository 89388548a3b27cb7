#include "journal/segment_reader.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

#include "journal/crc32c.hpp"
#include "journal/segment_header.hpp"

namespace sluice::journal {
namespace {

// What is read for a header that lies behind a large record which was skipped: the next may be too.
constexpr std::size_t kPeek = 4096;
constexpr std::uint64_t kLargeRecord = 4 * kPeek;

}  // namespace

SegmentReader::SegmentReader(std::shared_ptr<File> file, std::uint32_t segment_crc,
                             std::size_t chunk_bytes)
    : file_(std::move(file)), segment_crc_(segment_crc), chunk_bytes_(chunk_bytes) {}

void SegmentReader::seek(std::uint64_t offset) noexcept {
  const bool is_buffered = offset >= buffer_begin_ && offset <= buffer_begin_ + buffer_bytes_ &&
                           (offset - buffer_begin_) % kRecordAlignment == 0;
  if (!is_buffered) {
    buffer_begin_ = offset;
    buffer_bytes_ = 0;
  }
  offset_ = offset;
  peeks_ = false;
  record_ = {};
  previous_.reset();
  expected_.reset();
}

void SegmentReader::seek_first(Sequence first) noexcept {
  seek(kRecordsBegin);
  previous_ = segment_crc_;
  expected_ = first;
}

std::span<const std::byte> SegmentReader::at_offset(std::uint64_t bytes) const noexcept {
  return {buffer_.get() + (offset_ - buffer_begin_), static_cast<std::size_t>(bytes)};
}

/// Has `bytes` from offset_ on in the buffer. False: the file is shorter, or the disk refuses.
bool SegmentReader::fill(std::uint64_t bytes, std::uint64_t limit) {
  const std::uint64_t used = offset_ - buffer_begin_;
  std::size_t kept = buffer_bytes_ - static_cast<std::size_t>(used);
  if (kept >= bytes) return true;
  const std::uint64_t chunk = std::exchange(peeks_, false) ? kPeek : chunk_bytes_;
  const auto wanted =
      static_cast<std::size_t>(std::min(std::max(bytes, chunk), limit - offset_));
  if (wanted > capacity_) {
    auto larger = std::make_unique_for_overwrite<std::byte[]>(wanted);
    if (kept > 0) std::memcpy(larger.get(), buffer_.get() + used, kept);
    buffer_ = std::move(larger);
    capacity_ = wanted;
  } else if (kept > 0) {
    std::memmove(buffer_.get(), buffer_.get() + used, kept);
  }
  buffer_begin_ = offset_;
  buffer_bytes_ = kept;
  std::size_t count = 0;
  const std::error_code error =
      file_->read({buffer_.get() + kept, wanted - kept}, offset_ + kept, count);
  if (error) {
    problem_ = "cannot be read: " + error.message();
    return false;
  }
  buffer_bytes_ += count;
  if (buffer_bytes_ >= bytes) return true;
  problem_ = "lies behind the end of the file";
  return false;
}

WalkOutcome SegmentReader::fail(WalkOutcome outcome, std::string problem) {
  problem_ = std::move(problem);
  return outcome;
}

WalkOutcome SegmentReader::next(std::uint64_t limit) {
  const WalkOutcome outcome = read_head(limit);
  return outcome == WalkOutcome::record ? read_payload(limit) : outcome;
}

WalkOutcome SegmentReader::next_owed(std::uint64_t limit) {
  const WalkOutcome outcome = read_head(limit);
  if (outcome != WalkOutcome::record) return outcome;
  return header_.webhooks != 0 ? read_payload(limit) : skip_payload();
}

/// Reads and checks the header at offset_, which may be that of the next record.
WalkOutcome SegmentReader::read_head(std::uint64_t limit) {
  problem_.clear();
  record_ = {};
  if (offset_ + sizeof(RecordHeader) > limit) return WalkOutcome::end;
  if (!fill(sizeof(RecordHeader), limit)) return WalkOutcome::failed;
  header_ = read_record_header(at_offset(sizeof(RecordHeader)));
  if (!header_.is_plausible()) return fail(WalkOutcome::damaged, "has no record header");
  if (header_.record_bytes() > limit - offset_)
    return fail(WalkOutcome::damaged, "reaches beyond the end of the segment");
  if (!fill(header_.head_bytes(), limit)) return WalkOutcome::failed;
  if (header_crc_of(at_offset(header_.head_bytes()), segment_crc_) != header_.header_crc)
    return fail(WalkOutcome::damaged, "has a header whose checksum is wrong");
  if (previous_.value_or(header_.previous) != header_.previous)
    return fail(WalkOutcome::damaged, "does not follow the record before it");
  if (expected_.value_or(header_.first) != header_.first)
    return fail(WalkOutcome::damaged, "does not have the next sequence");
  return WalkOutcome::record;
}

WalkOutcome SegmentReader::read_payload(std::uint64_t limit) {
  if (!fill(header_.record_bytes(), limit)) return WalkOutcome::failed;
  const auto record = at_offset(header_.record_bytes());
  const auto payload = record.subspan(header_.head_bytes(), header_.payload_bytes);
  if (crc32c(0, payload) != header_.payload_crc)
    return fail(WalkOutcome::damaged, "has a payload whose checksum is wrong");
  record_ = record;
  pass_record();
  return WalkOutcome::record;
}

WalkOutcome SegmentReader::skip_payload() noexcept {
  pass_record();
  if (offset_ > buffer_begin_ + buffer_bytes_) {
    buffer_begin_ = offset_;
    buffer_bytes_ = 0;
    peeks_ = header_.record_bytes() >= kLargeRecord;
  }
  return WalkOutcome::skipped;
}

void SegmentReader::pass_record() noexcept {
  offset_ += header_.record_bytes();
  previous_ = header_.header_crc;
  expected_ = header_.first + header_.events;
}

}  // namespace sluice::journal
