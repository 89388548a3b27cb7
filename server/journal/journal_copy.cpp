#include "journal/journal_copy.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "journal/directory_contents.hpp"
#include "journal/journal_error.hpp"
#include "journal/journal_keys.hpp"
#include "journal/segment_header.hpp"
#include "journal/segment_reader.hpp"
#include "journal/segment_scan.hpp"

namespace sluice::journal {
namespace {

constexpr std::size_t kChunk = std::size_t{64} << 10U;
constexpr std::array<std::byte, kChunk> kZeros{};

[[noreturn]] void fail(const std::filesystem::path& path, const std::string& what) {
  throw JournalError(path.string() + " " + what +
                     ". Nothing was copied; `sluice journal inspect` shows what is left");
}

void take_zeros(FileTaker& taker, std::uint64_t bytes) {
  while (bytes > 0) {
    const auto part = static_cast<std::size_t>(std::min<std::uint64_t>(bytes, kChunk));
    taker.take(std::span(kZeros).first(part));
    bytes -= part;
  }
}

class JournalCopy {
 public:
  JournalCopy(FileSystem& file_system, const std::filesystem::path& directory, FileTaker& taker)
      : file_system_(file_system), directory_(directory), taker_(taker) {}

  CopiedEvents run() {
    const DirectoryContents contents = look();
    copy_whole(std::string(kKeysFileName));
    std::vector<const SegmentFile*> begun;
    for (const auto& [number, file] : contents.segments) {
      if (!file.is_lost) check_header(file);
      // What begins from here on was acknowledged after the copy began.
      if (!file.is_lost && file.state == HeaderState::blank) break;
      if (!begun.empty() && number != begun.back()->number + 1)
        fail(directory_ / file_name(FileKind::segment, begun.back()->number + 1), "is missing");
      begun.push_back(&file);
    }
    for (std::size_t i = 0; i < begun.size(); ++i)
      copy_segment(*begun[i], i + 1 < begun.size() ? begun[i + 1] : nullptr);
    for (const std::uint64_t number : contents.indexes)
      copy_whole(file_name(FileKind::index, number));
    return events_;
  }

 private:
  /// Twice where a header was perhaps being written.
  DirectoryContents look() const {
    DirectoryContents contents = read_directory(file_system_, directory_);
    const bool is_torn = std::ranges::any_of(contents.segments, [](const auto& segment) {
      return !segment.second.is_lost && segment.second.state == HeaderState::damaged;
    });
    return is_torn ? read_directory(file_system_, directory_) : std::move(contents);
  }

  std::shared_ptr<File> open(const std::filesystem::path& path) const {
    std::unique_ptr<File> file;
    if (const std::error_code error = file_system_.open(path, OpenMode::read, file))
      fail(path, "cannot be opened: " + error.message());
    return file;
  }

  static void check_header(const SegmentFile& file) {
    if (file.state == HeaderState::other_version)
      fail(file.path, "has format " + std::to_string(file.header.version) +
                          ", which this program does not know");
    if (file.state == HeaderState::damaged) fail(file.path, "has a damaged header, at byte 0");
    if (file.state == HeaderState::valid && file.header.bytes != file.bytes)
      fail(file.path, "is " + std::to_string(file.bytes) + " bytes long instead of " +
                          std::to_string(file.header.bytes));
  }

  void copy_whole(const std::string& name);
  void copy_segment(const SegmentFile& file, const SegmentFile* next);
  void copy_lost(const SegmentFile& file);
  void take_header(const SegmentHeader& header);
  std::uint64_t copy_records(const SegmentFile& file, std::optional<Sequence> until,
                             bool is_newest);
  bool take_records(SegmentReader& reader, const SegmentHeader& header,
                    std::optional<Sequence> until);

  FileSystem& file_system_;
  const std::filesystem::path& directory_;
  FileTaker& taker_;
  CopiedEvents events_;
  Sequence next_ = 0;           // of the segment at hand: behind the records that were taken
  std::uint32_t last_crc_ = 0;  // header_crc of the last of them
};

/// One that never changes once it has its name.
void JournalCopy::copy_whole(const std::string& name) {
  const auto path = directory_ / name;
  const auto file = open(path);
  std::uint64_t bytes = 0;
  if (const std::error_code error = file->size(bytes))
    fail(path, "cannot be read: " + error.message());
  taker_.begin(name, bytes);
  std::vector<std::byte> chunk(kChunk);
  for (std::uint64_t at = 0; at < bytes;) {
    const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(kChunk, bytes - at));
    std::size_t count = 0;
    const std::error_code error = file->read(std::span(chunk).first(wanted), at, count);
    if (error) fail(path, "cannot be read: " + error.message());
    if (count < wanted) fail(path, "became shorter while it was read");
    taker_.take(std::span(chunk).first(wanted));
    at += wanted;
  }
}

void JournalCopy::take_header(const SegmentHeader& header) {
  taker_.take(std::as_bytes(std::span(&header, 1)));
  take_zeros(taker_, kRecordsBegin - sizeof header);
}

/// Nothing is read of it any more but its header.
void JournalCopy::copy_lost(const SegmentFile& file) {
  const bool has_header = file.state == HeaderState::valid && file.bytes >= kRecordsBegin;
  taker_.begin(file.path.filename().string(), file.bytes);
  if (has_header) take_header(file.header);
  take_zeros(taker_, file.bytes - (has_header ? kRecordsBegin : 0));
}

void JournalCopy::copy_segment(const SegmentFile& file, const SegmentFile* next) {
  if (file.is_lost) return copy_lost(file);
  const bool is_end_known = next != nullptr && next->state == HeaderState::valid;
  taker_.begin(file.path.filename().string(), file.bytes);
  take_header(file.header);
  const std::uint64_t end =
      copy_records(file, is_end_known ? std::optional(next->header.first) : std::nullopt,
                   next == nullptr);
  take_zeros(taker_, file.bytes - end);
  if (next_ == file.header.first) return;
  if (events_.first == 0) events_.first = file.header.first;
  events_.through = next_ - 1;
}

/// Where the records end.
std::uint64_t JournalCopy::copy_records(const SegmentFile& file, std::optional<Sequence> until,
                                        bool is_newest) {
  const SegmentHeader& header = file.header;
  next_ = header.first;
  last_crc_ = header.crc;
  const auto opened = open(file.path);
  auto reader = std::make_unique<SegmentReader>(opened, header.crc);
  reader->seek_first(header.first);
  for (;;) {
    if (take_records(*reader, header, until)) return reader->offset();
    const std::uint64_t end = reader->offset();
    if (reader->problem().empty())
      fail(file.path, "ends at event " + std::to_string(next_ - 1) +
                          ", but the next segment begins with " + std::to_string(*until));
    const std::string problem = "is damaged: what lies at byte " + std::to_string(end) +
                                ", event " + std::to_string(next_) + ", " + reader->problem();
    if (until) fail(file.path, problem);
    if (!is_newest) return end;  // an operator has given up what came behind it
    if (!find_record_behind(*opened, header, end, end)) return end;
    // Perhaps what was not whole a moment ago has become so, and more behind it.
    reader = std::make_unique<SegmentReader>(opened, header.crc);
    reader->seek(end);
    const bool is_whole = reader->next(header.bytes) == WalkOutcome::record &&
                          reader->header().previous == last_crc_ &&
                          reader->header().first == next_;
    if (!is_whole) fail(file.path, problem);
    reader = std::make_unique<SegmentReader>(opened, header.crc);
    reader->seek(end);
  }
}

/// True: all are taken. False: what lies at the reader's offset is none.
bool JournalCopy::take_records(SegmentReader& reader, const SegmentHeader& header,
                               std::optional<Sequence> until) {
  while (!until || next_ < *until) {
    const WalkOutcome outcome = reader.next(header.bytes);
    if (outcome == WalkOutcome::end && !until) return true;
    if (outcome != WalkOutcome::record) return false;
    taker_.take(reader.record());
    next_ = reader.header().first + reader.header().events;
    last_crc_ = reader.last_crc();
  }
  return next_ == *until;
}

}  // namespace

CopiedEvents copy_journal(FileSystem& file_system, const std::filesystem::path& directory,
                          FileTaker& taker) {
  return JournalCopy(file_system, directory, taker).run();
}

}  // namespace sluice::journal
