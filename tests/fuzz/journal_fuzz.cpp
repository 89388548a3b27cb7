// The journal's readers on files that anybody may have written. Checksums would stop nearly every
// input at the door, so the first byte says which file the rest is, and whether its checksums are made
// right first.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <vector>

#include "fuzz/require.hpp"
#include "journal/crc32c.hpp"
#include "journal/file_system.hpp"
#include "journal/record.hpp"
#include "journal/record_view.hpp"
#include "journal/segment_index.hpp"
#include "journal/segment_scan.hpp"

namespace {

using namespace sluice::journal;
using sluice::testkit::require;

using Content = std::shared_ptr<std::vector<std::byte>>;

class MemoryFile final : public File {
 public:
  explicit MemoryFile(Content content) : content_(std::move(content)) {}

  std::error_code write_some(std::span<const ::iovec> pieces, std::uint64_t offset,
                             std::size_t& written) override {
    const auto* const bytes = static_cast<const std::byte*>(pieces.front().iov_base);
    written = pieces.front().iov_len;
    if (written == 0) return std::make_error_code(std::errc::io_error);
    if (content_->size() < offset + written) content_->resize(offset + written);
    std::copy_n(bytes, written, content_->begin() + static_cast<std::ptrdiff_t>(offset));
    return {};
  }
  std::error_code read_some(std::span<std::byte> into, std::uint64_t offset,
                            std::size_t& count) override {
    const std::size_t begin = std::min<std::uint64_t>(offset, content_->size());
    count = std::min(into.size(), content_->size() - begin);
    if (count > 0) std::memcpy(into.data(), content_->data() + begin, count);
    return {};
  }
  std::error_code sync() override { return {}; }
  std::error_code reserve(std::uint64_t /*bytes*/) override { return {}; }
  std::error_code truncate(std::uint64_t /*bytes*/) override { return {}; }
  std::error_code size(std::uint64_t& bytes) override {
    bytes = content_->size();
    return {};
  }

 private:
  Content content_;
};

/// One file, whatever its name; others come and go without a trace.
class OneFile final : public FileSystem {
 public:
  explicit OneFile(Content content) : content_(std::move(content)) {}

  std::error_code open(const Path& /*path*/, OpenMode mode, std::unique_ptr<File>& file) override {
    file = std::make_unique<MemoryFile>(
        mode == OpenMode::create ? std::make_shared<std::vector<std::byte>>() : content_);
    return {};
  }
  std::error_code rename(const Path& /*from*/, const Path& /*to*/) override { return {}; }
  std::error_code remove(const Path& /*path*/) override { return {}; }
  std::error_code make_directory(const Path& /*path*/) override { return {}; }
  std::error_code list(const Path& /*path*/, std::vector<std::string>& /*names*/) override {
    return {};
  }
  std::error_code sync_directory(const Path& /*path*/) override { return {}; }
  std::error_code lock(const Path& /*path*/, std::unique_ptr<FileLock>& /*lock*/) override {
    return {};
  }

 private:
  Content content_;
};

/// Makes the checksums of every record right, as far as records follow one another.
void make_records_right(std::span<std::byte> file, const SegmentHeader& segment) {
  std::uint32_t previous = segment.crc;
  std::uint64_t first = segment.first;
  for (std::uint64_t offset = kRecordsBegin; offset + sizeof(RecordHeader) <= file.size();) {
    RecordHeader header = read_record_header(file.subspan(offset));
    header.magic = RecordHeader::kMagic;
    header.previous = previous;
    header.first = first;
    const bool fits = header.events < file.size() && header.is_plausible() &&
                      header.record_bytes() <= file.size() - offset;
    if (!fits) return;
    const auto head = file.subspan(offset, header.head_bytes());
    header.payload_crc =
        crc32c(0, file.subspan(offset + header.head_bytes(), header.payload_bytes));
    std::memcpy(head.data(), &header, sizeof header);
    header.header_crc = header_crc_of(head, segment.crc);
    std::memcpy(head.data(), &header, sizeof header);
    previous = header.header_crc;
    first += header.events;
    offset += header.record_bytes();
  }
}

/// Touches every byte that a view shows.
void read(RecordView view) {
  std::uint64_t sum = 0;
  while (!view.is_empty()) {
    for (std::size_t i = 0; i < view.size(); ++i) {
      const EventView event = view[i];
      require(event.sequence == view.first() + i, "events are numbered one by one");
      for (const char c : event.json) sum += static_cast<unsigned char>(c);
      for (const char c : event.given_id) sum += static_cast<unsigned char>(c);
      for (const std::uint32_t webhook : event.webhooks) sum += webhook;
      sum += event.is_duplicate ? 1 : 0;
    }
    view.drop_before(view.first() + (view.size() + 1) / 2);
  }
  [[maybe_unused]] const volatile std::uint64_t used = sum;
}

void read_segment(std::span<const std::byte> body, bool is_made_right) {
  SegmentHeader header;
  header.number = 1;
  header.first = 1;
  header.bytes = kRecordsBegin + body.size();
  header.crc = header.compute_crc();
  auto content = std::make_shared<std::vector<std::byte>>(header.bytes);
  std::copy(body.begin(), body.end(), content->begin() + kRecordsBegin);
  if (is_made_right) make_records_right(*content, header);

  const auto file = std::make_shared<MemoryFile>(content);
  const IdKey key{{}};
  const SegmentScan scan = scan_segment(file, header, std::nullopt, key);
  require(scan.end.offset <= header.bytes, "a segment ends within its file");
  find_record_behind(*file, header, scan.end.offset, scan.end.offset);
  find_record_behind(*file, header, kRecordsBegin, 0);
  SegmentReader reader(file, header.crc, SegmentReader::kSmallChunk);
  reader.seek_first(header.first);
  std::uint64_t records = 0;
  for (; reader.next(header.bytes) == WalkOutcome::record; ++records)
    if (const auto view = RecordView::parse(reader.record())) read(*view);
  require(records >= scan.records, "both ways of reading see the same records");
}

void read_index_file(std::span<const std::byte> bytes) {
  OneFile disk(std::make_shared<std::vector<std::byte>>(bytes.begin(), bytes.end()));
  read_index(disk, "", 1);
  read_indexed_ids(disk, "", 1);
  find_in_index(disk, "", 1, {1, 2});
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0 || size > 100'000) return 0;
  const auto bytes = std::as_bytes(std::span(data, size)).subspan(1);
  switch (data[0] % 4) {
    case 0: read_segment(bytes, true); break;
    case 1: read_segment(bytes, false); break;
    default: read_index_file(bytes); break;
  }
  return 0;
}
