#include "journal_command.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <string_view>

#include "base/time.hpp"
#include "journal/inspection.hpp"
#include "json_text.hpp"
#include "output_file.hpp"

namespace sluice::tool {
namespace {

constexpr const char* kNotes = R"(inspect reads and changes nothing; the server may run meanwhile. It tells of each segment which
events it holds, and of damage in which file and at which byte it lies; then the exit status is 1.

With --records it writes the events themselves, an object a line: sequence, event_id, organization
(its number), accepted_at, webhooks (their numbers), is_duplicate, event. What lies behind damage is
written too.

Examples:
  sluice journal inspect sluice-data
  sluice journal inspect sluice-data --json
  sluice journal inspect sluice-data --records > events.ndjson

)";

/// The journal's own directory, also when the data directory around it is given.
std::filesystem::path journal_directory(const std::string& given) {
  const std::filesystem::path path = given;
  const auto inner = path / "journal";
  std::error_code ignored;
  const bool is_outer = !std::filesystem::exists(path / "journal.keys", ignored) &&
                        std::filesystem::is_directory(inner, ignored);
  return is_outer ? inner : path;
}

/// False: the reader of a pipe has gone, which is nobody's mistake.
bool write(OutputFile& file, std::string_view bytes) {
  if (file.write(bytes)) return true;
  if (!file.error().empty()) throw Failure(ExitCode::failed, file.error());
  return false;
}

template <class Value>
void append_field(std::string& out, const char* name, const Value& value) {
  if (out.back() != '{') out += ',';
  append_quoted(out, name);
  out += ':';
  if constexpr (std::is_same_v<Value, bool>) {
    out += value ? "true" : "false";
  } else if constexpr (std::is_arithmetic_v<Value>) {
    append_number(out, value);
  } else {
    append_quoted(out, value);
  }
}

std::string to_json(const journal::SegmentReport& segment) {
  std::string out = "{";
  append_field(out, "file", segment.name);
  append_field(out, "state", journal::to_text(segment.state));
  append_field(out, "file_bytes", segment.file_bytes);
  append_field(out, "used_bytes", segment.used_bytes);
  append_field(out, "records", segment.records);
  if (segment.first != 0) {
    append_field(out, "first", segment.first);
    append_field(out, "last", segment.last);
    append_field(out, "begun_at", base::to_iso8601(segment.begun_at));
    append_field(out, "newest_at", base::to_iso8601(segment.newest_at));
  }
  append_field(out, "given_ids", segment.ids);
  append_field(out, "has_index", segment.has_index);
  if (!segment.problem.empty()) append_field(out, "problem", segment.problem);
  return out + "}";
}

std::string to_json(const journal::JournalReport& report) {
  std::string out = "{";
  append_field(out, "directory", report.directory.string());
  out += R"(,"segments":[)";
  for (const journal::SegmentReport& segment : report.segments) {
    if (out.back() != '[') out += ',';
    out += to_json(segment);
  }
  out += R"(],"problems":[)";
  for (const std::string& problem : report.problems) {
    if (out.back() != '[') out += ',';
    append_quoted(out, problem);
  }
  return out + "]}\n";
}

void append_padded(std::string& out, std::string_view text, std::size_t width) {
  out += text;
  out.append(width - std::min(width, text.size()) + 2, ' ');
}

std::string to_text(const journal::JournalReport& report) {
  std::string out;
  const auto row = [&out](std::string_view file, std::string_view state, std::string_view events,
                          std::string_view records, std::string_view used,
                          std::string_view newest) {
    append_padded(out, file, 23);
    append_padded(out, state, 8);
    append_padded(out, events, 23);
    append_padded(out, records, 9);
    append_padded(out, used, 21);
    out += newest;
    out += '\n';
  };
  row("file", "state", "events", "records", "bytes used", "newest event");
  for (const journal::SegmentReport& segment : report.segments) {
    const bool is_empty = segment.first == 0;
    row(segment.name, journal::to_text(segment.state),
        is_empty ? "-" : std::to_string(segment.first) + "-" + std::to_string(segment.last),
        is_empty ? "-" : std::to_string(segment.records),
        std::to_string(segment.used_bytes) + "/" + std::to_string(segment.file_bytes),
        is_empty ? "-" : base::to_iso8601(segment.newest_at));
  }
  for (const std::string& problem : report.problems) out += "problem: " + problem + "\n";
  return out;
}

void append_event(std::string& out, const journal::InspectedEvent& inspected) {
  const journal::EventView& event = inspected.event;
  out += '{';
  append_field(out, "sequence", event.sequence);
  append_field(out, "event_id", inspected.event_id);
  append_field(out, "organization", inspected.organisation);
  append_field(out, "accepted_at", base::to_iso8601(inspected.accepted_at));
  out += R"(,"webhooks":[)";
  for (const std::uint32_t webhook : event.webhooks) {
    if (out.back() != '[') out += ',';
    append_number(out, webhook);
  }
  out += ']';
  append_field(out, "is_duplicate", event.is_duplicate);
  out += R"(,"event":)";
  out += event.json;  // it was accepted as JSON, and its checksum is right
  out += "}\n";
}

bool write_events(const std::filesystem::path& directory, OutputFile& file) {
  constexpr std::size_t kWriteBytes = std::size_t{256} << 10U;
  std::string out;
  bool is_read = true;
  journal::visit_events(journal::posix_file_system(), directory, [&](const auto& event) {
    append_event(out, event);
    if (out.size() < kWriteBytes) return true;
    is_read = write(file, out);
    out.clear();
    return is_read;
  });
  return is_read && write(file, out);
}

}  // namespace

CLI::App* JournalCommand::add_to(CLI::App& app) {
  CLI::App* journal = app.add_subcommand("journal", "Look into the journal of accepted events");
  journal->require_subcommand(1);
  CLI::App* inspect = journal->add_subcommand("inspect", "Tell what is in a journal's directory");
  inspect->add_option("directory", directory, "The data directory, or the journal's own")
      ->required();
  inspect->add_flag("--json", is_json, "Write one JSON object");
  inspect->add_flag("--records", are_records_wanted, "Write the events, a JSON object a line");
  journal->footer(std::string(kNotes) + kExitCodes);
  return journal;
}

ExitCode JournalCommand::run() const {
  const auto path = journal_directory(directory);
  OutputFile file("-");
  if (are_records_wanted) return write_events(path, file) ? ExitCode::ok : ExitCode::failed;
  const journal::JournalReport report = journal::inspect(journal::posix_file_system(), path);
  const bool is_read = write(file, is_json ? to_json(report) : to_text(report));
  return is_read && report.problems.empty() ? ExitCode::ok : ExitCode::failed;
}

}  // namespace sluice::tool
