#include "journal/recovery.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "journal/directory_contents.hpp"
#include "journal/journal_error.hpp"
#include "journal/segment_index.hpp"
#include "journal/segment_scan.hpp"

namespace sluice::journal {
namespace {

constexpr const char* kAdvice =
    ". Events that were acknowledged are damaged or missing, so the journal does not open. Restore "
    "the file from a copy. Or see what is left with `sluice journal inspect`, and give up the "
    "segment's events: rename its file so that it ends in .lost instead of .log (where it is "
    "missing, make an empty file of that name)";

[[noreturn]] void fail(const std::filesystem::path& path, const std::string& what) {
  throw JournalError(path.string() + " " + what + kAdvice);
}

class Recovery {
 public:
  Recovery(FileSystem& file_system, const Options& options, const JournalKeys& keys,
           const base::Clock& clock)
      : file_system_(file_system), options_(options), keys_(keys), now_(clock.now()) {}

  Recovered run() {
    contents_ = read_directory(file_system_, options_.directory);
    for (const auto& path : contents_.unfinished) file_system_.remove(path);
    sort_files();
    first_verified_ = first_verified();
    for (std::size_t i = 0; i < begun_.size(); ++i) {
      if (begun_[i]->is_lost) {
        add_lost(i);
      } else if (i + 1 < begun_.size()) {
        add_full(i);
      } else {
        add_last(*begun_[i]);
      }
    }
    if (!begun_.empty() && begun_.back()->is_lost) {
      recovered_.position.next = recovered_.segments.back()->end().next;
    }
    recovered_.spares = contents_.spares;  // those that nobody needs go later
    keep_indexes();
    remember_ids();
    return std::move(recovered_);
  }

 private:
  void check_header(const SegmentFile& file) const;
  void sort_files();
  void keep_prepared(SegmentFile& file);
  std::optional<Sequence> first_behind(std::size_t i) const;
  std::size_t first_verified() const;
  std::shared_ptr<File> open(const SegmentFile& file) const;
  std::shared_ptr<Segment> make_segment(const SegmentFile& file, SegmentScan& scan) const;
  bool take_index(Segment& segment, std::optional<Sequence> next) const;
  void add_lost(std::size_t i);
  void add_full(std::size_t i);
  void add_last(SegmentFile& file);
  void keep_indexes();
  std::vector<IndexedId> ids_of(std::uint64_t number, Segment* segment) const;
  void remember_ids();

  FileSystem& file_system_;
  const Options& options_;
  const JournalKeys& keys_;
  const base::Time now_;
  DirectoryContents contents_;
  std::vector<SegmentFile*> begun_;  // those with a header, and the lost ones, by number
  std::size_t first_verified_ = 0;
  Recovered recovered_{{}, {}, {}, {}, 1, {}, IdWindow({}, 0)};
};

void Recovery::check_header(const SegmentFile& file) const {
  if (file.state == HeaderState::other_version)
    throw JournalError(file.path.string() + " has format " + std::to_string(file.header.version) +
                       "; this program knows formats " +
                       std::to_string(SegmentHeader::kOldestVersion) + " to " +
                       std::to_string(SegmentHeader::kVersion));
  if (file.state == HeaderState::damaged) fail(file.path, "has a damaged header, at byte 0");
  if (file.state != HeaderState::valid) return;
  if (file.header.journal != keys_.journal)
    throw JournalError(file.path.string() + " belongs to another journal; move it away");
  if (file.header.number != file.number)
    throw JournalError(file.path.string() + " is segment " + std::to_string(file.header.number) +
                       " under another name; give it back its own");
  if (file.header.bytes != file.bytes)
    fail(file.path, "is " + std::to_string(file.bytes) + " bytes long instead of " +
                        std::to_string(file.header.bytes));
}

/// Tells segments that were begun from those that are only prepared, which come behind.
void Recovery::sort_files() {
  std::vector<SegmentFile*> blank;
  for (auto& [number, file] : contents_.segments) {
    if (!file.is_lost) check_header(file);
    if (!file.is_lost && file.state == HeaderState::blank) {
      blank.push_back(&file);
      continue;
    }
    if (!blank.empty()) fail(blank.front()->path, "has no header, at byte 0");
    if (!begun_.empty() && number != begun_.back()->number + 1)
      fail(options_.directory / file_name(FileKind::segment, begun_.back()->number + 1),
           "is missing");
    begun_.push_back(&file);
  }
  if (!begun_.empty()) recovered_.next_number = begun_.back()->number + 1;
  for (SegmentFile* file : blank) keep_prepared(*file);
}

void Recovery::keep_prepared(SegmentFile& file) {
  const bool is_first = begun_.empty() && recovered_.prepared.empty();
  const bool is_next = is_first || file.number == recovered_.next_number;
  if (!is_next || file.bytes != options_.segment_bytes) {
    file_system_.remove(file.path);
    return;
  }
  recovered_.prepared.push_back({file.number, file.bytes, file.path, open(file)});
  recovered_.next_number = file.number + 1;
}

std::shared_ptr<File> Recovery::open(const SegmentFile& file) const {
  std::unique_ptr<File> opened;
  if (const auto error = file_system_.open(file.path, OpenMode::write, opened))
    throw JournalError(file.path.string() + " cannot be opened: " + error.message());
  return opened;
}

/// Where segment `i` must end: where the next one begins. Nothing: nobody knows.
std::optional<Sequence> Recovery::first_behind(std::size_t i) const {
  if (i + 1 == begun_.size() || begun_[i + 1]->state != HeaderState::valid) return std::nullopt;
  return begun_[i + 1]->header.first;
}

/// The first segment that is read in full: behind it lies as much as is to be verified.
std::size_t Recovery::first_verified() const {
  std::size_t first = begun_.size();
  for (std::uint64_t bytes = 0; first > 0 && bytes < options_.verified_bytes;)
    bytes += begun_[--first]->bytes;
  return first;
}

/// A segment of which nothing can be read any more: a gap that the operator knows of.
void Recovery::add_lost(std::size_t i) {
  SegmentHeader header = begun_[i]->header;
  if (begun_[i]->state != HeaderState::valid) {
    header = {};
    header.number = begun_[i]->number;
    header.first = recovered_.segments.empty() ? 1 : recovered_.segments.back()->end().next;
  }
  header.bytes = begun_[i]->bytes;
  // No event takes less than its entry, so no more than so many were ever numbered there.
  const std::uint64_t most = std::max(header.bytes, options_.segment_bytes) / sizeof(EventEntry);
  const Sequence next = first_behind(i).value_or(header.first + most);
  recovered_.segments.push_back(
      Segment::make_lost(begun_[i]->path, header, std::max(next, header.first), file_system_));
}

/// Places and end from the index file, when it is that of this very segment.
bool Recovery::take_index(Segment& segment, std::optional<Sequence> next) const {
  if (!contents_.indexes.contains(segment.number())) return false;
  auto index = read_index(file_system_, options_.directory, segment.number());
  if (!index || index->segment_crc != segment.crc() || index->first != segment.first() ||
      index->end.next != next.value_or(index->end.next) || index->end.offset > segment.bytes())
    return false;
  segment.restore(std::move(index->places), index->id_count, index->end);
  segment.set_has_index();
  return true;
}

std::shared_ptr<Segment> Recovery::make_segment(const SegmentFile& file, SegmentScan& scan) const {
  auto segment = std::make_shared<Segment>(file.path, file.header, file_system_);
  segment->reserve(0, scan.ids.size());
  segment->restore(std::move(scan.places), 0, {scan.end.next, kRecordsBegin, {}});
  segment->commit({}, scan.ids, scan.end);
  return segment;
}

void Recovery::add_full(std::size_t i) {
  const SegmentFile& file = *begun_[i];
  const std::optional<Sequence> next = first_behind(i);
  if (next.value_or(file.header.first) < file.header.first)
    fail(begun_[i + 1]->path, "begins before the segment before it");
  auto segment = std::make_shared<Segment>(file.path, file.header, file_system_);
  if (i < first_verified_ && take_index(*segment, next)) {
    recovered_.segments.push_back(std::move(segment));
    return;
  }
  SegmentScan scan = scan_segment(open(file), file.header, next, keys_.id_key);
  if (next && scan.outcome != WalkOutcome::end)
    fail(file.path, "is damaged: what lies at byte " + std::to_string(scan.end.offset) +
                        ", event " + std::to_string(scan.end.next) + ", " + scan.problem);
  if (next && scan.end.next != *next)
    fail(file.path, "ends at event " + std::to_string(scan.end.next - 1) +
                        ", but the next segment begins with " + std::to_string(*next));
  segment = make_segment(file, scan);
  take_index(*segment, scan.end.next);
  recovered_.segments.push_back(std::move(segment));
}

void Recovery::add_last(SegmentFile& file) {
  const auto opened = open(file);
  SegmentScan scan = scan_segment(opened, file.header, std::nullopt, keys_.id_key);
  if (scan.outcome == WalkOutcome::failed ||
      (scan.outcome == WalkOutcome::damaged &&
       find_record_behind(*opened, file.header, scan.end.offset, scan.end.offset)))
    fail(file.path, "is damaged: what lies at byte " + std::to_string(scan.end.offset) +
                        ", event " + std::to_string(scan.end.next) + ", " + scan.problem);
  recovered_.position.next = scan.end.next;
  if (scan.records == 0) {  // begun, and nothing of it committed: it is begun again
    if (file.bytes == options_.segment_bytes) {
      recovered_.prepared.insert(recovered_.prepared.begin(),
                                 {file.number, file.bytes, file.path, opened});
      return;
    }
    for (const PreparedSegment& prepared : std::exchange(recovered_.prepared, {}))
      file_system_.remove(prepared.path);
    file_system_.remove(file.path);
    recovered_.next_number = file.number;
    return;
  }
  // What was read may so far be in memory alone, and answers are about to rely on it.
  if (const auto error = opened->sync())
    throw JournalError(file.path.string() + " cannot be synced: " + error.message());
  auto segment = make_segment(file, scan);
  segment->set_durable_bytes(scan.end.offset);
  recovered_.segments.push_back(segment);
  // What is written now is not of an older format, so such a segment ends here.
  if (file.header.version == SegmentHeader::kVersion)
    recovered_.position = {std::move(segment), opened, scan.last_crc, scan.end.next};
}

/// Index files whose segments have gone.
void Recovery::keep_indexes() {
  for (const std::uint64_t number : contents_.indexes) {
    if (contents_.segments.contains(number)) continue;
    const auto index = read_index(file_system_, options_.directory, number);
    // One that cannot be read is of no use; retention deletes what holds no ids.
    recovered_.left_over_indexes.push_back(
        {number, index ? index->id_count : 0, index ? index->end.newest_at : base::Time{}});
  }
}

std::vector<IndexedId> Recovery::ids_of(std::uint64_t number, Segment* segment) const {
  if (segment != nullptr && !segment->has_index()) return segment->live_ids().copy();
  if (auto ids = read_indexed_ids(file_system_, options_.directory, number)) return *std::move(ids);
  if (segment == nullptr) return {};
  const SegmentFile& file = contents_.segments.at(number);
  auto ids = scan_segment(open(file), file.header, segment->end().next, keys_.id_key).ids;
  segment->set_has_no_index(ids);
  return ids;
}

/// The newest ids that the window holds, the oldest of them first.
void Recovery::remember_ids() {
  recovered_.ids = IdWindow(options_.id_window_age, options_.id_window_ids);
  struct Source {
    KeptIndex index;
    Segment* segment;  // null: it has gone
  };
  std::vector<Source> sources;
  for (const KeptIndex& index : recovered_.left_over_indexes) sources.push_back({index, nullptr});
  for (const auto& segment : recovered_.segments)
    sources.push_back({{segment->number(), segment->ids(), segment->end().newest_at}, segment.get()});
  std::size_t begin = sources.size();
  for (std::size_t ids = 0; begin > 0 && ids < options_.id_window_ids; --begin)
    ids += sources[begin - 1].index.ids;
  for (const Source& source : std::span(sources).subspan(begin)) {
    if (source.index.ids == 0 || source.index.newest_at + options_.id_window_age < now_) continue;
    recovered_.ids.advance(std::min(now_, source.index.newest_at));
    for (const IndexedId& id : ids_of(source.index.number, source.segment))
      if (!id.is_for_find_only) recovered_.ids.insert(id.id);
  }
  recovered_.ids.advance(now_);
}

}  // namespace

Recovered recover(FileSystem& file_system, const Options& options, const JournalKeys& keys,
                  const base::Clock& clock) {
  return Recovery(file_system, options, keys, clock).run();
}

}  // namespace sluice::journal
