#include "journal/inspection.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <optional>

#include "journal/directory_contents.hpp"
#include "journal/journal_error.hpp"
#include "journal/journal_keys.hpp"
#include "journal/segment_index.hpp"
#include "journal/segment_scan.hpp"

namespace sluice::journal {
namespace {

using Segments = std::map<std::uint64_t, SegmentFile>;

constexpr std::array<std::string_view, 5> kStates{"full", "open", "prepared", "lost", "DAMAGED"};

DirectoryContents read_journal(FileSystem& file_system, const std::filesystem::path& directory) {
  DirectoryContents contents = read_directory(file_system, directory);
  if (contents.segments.empty()) throw JournalError(directory.string() + " holds no journal");
  return contents;
}

bool is_begun(const SegmentFile& file) noexcept {
  return !file.is_lost && file.state == HeaderState::valid;
}

/// Where the segment must end: where the next one begins. Nothing: nobody knows.
std::optional<Sequence> first_behind(const Segments& segments, Segments::const_iterator at) {
  const auto next = std::next(at);
  if (next == segments.end() || next->first != at->first + 1 ||
      next->second.state != HeaderState::valid)
    return std::nullopt;
  return next->second.header.first;
}

bool is_last(const Segments& segments, Segments::const_iterator at) {
  return std::none_of(std::next(at), segments.end(), [](const auto& segment) {
    return segment.second.is_lost || segment.second.state != HeaderState::blank;
  });
}

std::string header_problem(const SegmentFile& file) {
  if (file.state == HeaderState::other_version)
    return "has format " + std::to_string(file.header.version) + ", which this program does not know";
  if (file.state == HeaderState::damaged) return "has a damaged header, at byte 0";
  if (file.header.number != file.number)
    return "is segment " + std::to_string(file.header.number) + " under another name";
  if (file.header.bytes != file.bytes)
    return "is " + std::to_string(file.bytes) + " bytes long instead of " +
           std::to_string(file.header.bytes);
  return "";
}

class Inspection {
 public:
  Inspection(FileSystem& file_system, const std::filesystem::path& directory)
      : file_system_(file_system),
        directory_(directory),
        contents_(read_journal(file_system, directory)) {}

  JournalReport run() {
    JournalReport report;
    report.directory = directory_;
    std::optional<std::uint64_t> before;
    for (auto at = contents_.segments.cbegin(); at != contents_.segments.cend(); ++at) {
      if (at->first != before.value_or(at->first - 1) + 1)
        report.problems.push_back(file_name(FileKind::segment, *before + 1) + " is missing");
      before = at->first;
      report.segments.push_back(report_on(at));
      const SegmentReport& segment = report.segments.back();
      if (!segment.problem.empty())
        report.problems.push_back(segment.name + " " + segment.problem);
    }
    return report;
  }

 private:
  SegmentReport report_on(Segments::const_iterator at) const {
    const SegmentFile& file = at->second;
    SegmentReport report;
    report.name = file.path.filename().string();
    report.file_bytes = file.bytes;
    report.has_index = read_index(file_system_, directory_, file.number).has_value();
    const bool is_newest = is_last(contents_.segments, at);
    if (file.is_lost) {
      report.state = SegmentState::lost;
    } else if (file.state == HeaderState::blank) {
      report.state = SegmentState::prepared;
      if (std::any_of(at, contents_.segments.cend(),
                      [](const auto& segment) { return is_begun(segment.second); })) {
        report.state = SegmentState::damaged;
        report.problem = "has no header, at byte 0";
      }
    } else {
      report.problem = header_problem(file);
      if (report.problem.empty()) report_records(at, is_newest, report);
      report.state = !report.problem.empty() ? SegmentState::damaged
                     : is_newest             ? SegmentState::open
                                             : SegmentState::full;
    }
    return report;
  }

  void report_records(Segments::const_iterator at, bool is_newest, SegmentReport& report) const {
    const SegmentFile& file = at->second;
    std::unique_ptr<File> opened;
    if (const auto error = file_system_.open(file.path, OpenMode::read, opened)) {
      report.problem = "cannot be opened: " + error.message();
      return;
    }
    const std::shared_ptr<File> shared = std::move(opened);
    const auto next = first_behind(contents_.segments, at);
    const IdKey any_key{{}};  // the ids are only counted
    const SegmentScan scan = scan_segment(shared, file.header, next, any_key);
    report.used_bytes = scan.end.offset;
    report.records = scan.records;
    report.ids = count_given(scan.ids);
    report.begun_at = base::Time{std::chrono::microseconds{file.header.begun_at}};
    if (scan.records > 0) {
      report.first = file.header.first;
      report.last = scan.end.next - 1;
      report.newest_at = scan.end.newest_at;
    }
    const bool is_torn_tail =
        is_newest && scan.outcome == WalkOutcome::damaged &&
        !find_record_behind(*shared, file.header, scan.end.offset, scan.end.offset);
    const bool is_before_a_gap = !is_newest && !next && scan.outcome == WalkOutcome::damaged;
    if (scan.outcome != WalkOutcome::end && !is_torn_tail && !is_before_a_gap)
      report.problem = "is damaged: what lies at byte " + std::to_string(scan.end.offset) +
                       ", event " + std::to_string(scan.end.next) + ", " + scan.problem;
  }

  FileSystem& file_system_;
  const std::filesystem::path& directory_;
  const DirectoryContents contents_;
};

/// Gives the events of one segment below `until`. False: `visit` has had enough.
bool visit_segment(const std::shared_ptr<File>& file, const SegmentHeader& header,
                   std::optional<Sequence> until, const JournalKeys* keys,
                   const std::function<bool(const InspectedEvent&)>& visit) {
  SegmentReader reader(file, header.crc);
  reader.seek(kRecordsBegin);
  for (;;) {
    const WalkOutcome outcome = reader.next(header.bytes);
    if (outcome == WalkOutcome::end || outcome == WalkOutcome::failed) return true;
    const auto view = outcome == WalkOutcome::record ? RecordView::parse(reader.record())
                                                     : std::optional<RecordView>{};
    if (!view) {
      const auto next = find_record_behind(*file, header, reader.offset(), 0);
      if (!next) return true;
      reader.seek(*next);
      continue;
    }
    for (std::size_t i = 0; i < view->size(); ++i) {
      InspectedEvent event{view->organisation(), view->accepted_at(), (*view)[i], {}};
      if (event.event.sequence >= until.value_or(event.event.sequence + 1)) return true;
      event.event_id = event.event.given_id;
      if (event.event_id.empty() && keys != nullptr)
        event.event_id = keys->event_ids.to_text(event.event.sequence);
      if (!visit(event)) return false;
    }
  }
}

std::optional<JournalKeys> try_keys(FileSystem& file_system,
                                    const std::filesystem::path& directory) {
  base::SystemRandom random;  // not used: nothing is made
  try {
    return open_keys(file_system, directory, random, MissingKeys::refuse);
  } catch (const JournalError&) {
    return std::nullopt;
  }
}

}  // namespace

std::string_view to_text(SegmentState state) noexcept {
  return kStates[static_cast<std::size_t>(state)];
}

JournalReport inspect(FileSystem& file_system, const std::filesystem::path& directory) {
  return Inspection(file_system, directory).run();
}

void visit_events(FileSystem& file_system, const std::filesystem::path& directory,
                  const std::function<bool(const InspectedEvent&)>& visit) {
  const DirectoryContents contents = read_journal(file_system, directory);
  const auto keys = try_keys(file_system, directory);
  for (auto at = contents.segments.cbegin(); at != contents.segments.cend(); ++at) {
    const SegmentFile& file = at->second;
    std::unique_ptr<File> opened;
    if (file.state != HeaderState::valid || file_system.open(file.path, OpenMode::read, opened))
      continue;
    if (!visit_segment(std::move(opened), file.header, first_behind(contents.segments, at),
                       keys ? &*keys : nullptr, visit))
      return;
  }
}

}  // namespace sluice::journal
