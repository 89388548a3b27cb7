#include "event_writer.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <string_view>

#include "json_text.hpp"

namespace sluice::tool {
namespace {

constexpr std::uint64_t kPurpose = 5;
constexpr std::uint64_t kFirstEventAt = 1'764'547'200'000;  // 2025-12-01T00:00:00Z
constexpr std::uint64_t kMaxGapMilliseconds = 40;
constexpr std::size_t kFieldBytes = 96;  // more than any field of append_field() takes

constexpr std::array<std::string_view, 16> kFieldNames = {
    "document_count", "region",   "duration_ms", "source",   "attempt", "actor",
    "labels",         "checksum", "previous",    "comment",  "ratio",   "is_test",
    "request_id",     "address",  "environment", "location",
};
// JSON strings, quotes included; the bytes beyond ASCII are UTF-8.
constexpr std::array<std::string_view, 12> kStrings = {
    R"("eu-central-1")",
    R"("production")",
    R"("nightly import")",
    R"("said \"later\" and left")",
    R"("C:\\exports\\2025\\daily.csv")",
    R"("first line\nsecond line\tindented")",
    R"("https://example.com/a/b?c=d&e=%20f")",
    "\"Zo\xC3\xAB M\xC3\xBCller\"",
    "\"\xE6\x9D\xB1\xE4\xBA\xAC\xE9\x83\xBD\"",
    "\"done \xF0\x9F\x8E\x89\"",
    R"("caf\u00e9 \u2014 open")",
    R"("")",
};
constexpr std::array<std::string_view, 10> kWords = {
    "checked", "by", "the", "night", "run", "after", "a", "late", "import", "of",
};
constexpr std::array<std::string_view, 6> kSubjects = {
    "object", "collection", "cluster", "trigger", "account", "document",
};

void append_hex(std::uint64_t bits, std::size_t digits, std::string& out) {
  for (std::size_t i = 0; i < digits; ++i) out += "0123456789abcdef"[bits >> (4 * i) & 15U];
}

void append_padded(std::uint64_t number, std::size_t digits, std::string& out) {
  const std::string text = std::to_string(number);
  out.append(digits - std::min(digits, text.size()), '0');
  out += text;
}

/// As in `2025-12-01T00:00:00.125Z`.
void append_time(std::uint64_t milliseconds, std::string& out) {
  namespace chrono = std::chrono;
  constexpr std::uint64_t kDay = 86'400'000;
  const chrono::year_month_day date{
      chrono::sys_days{chrono::days{static_cast<int>(milliseconds / kDay)}}};
  const std::uint64_t in_day = milliseconds % kDay;
  append_padded(static_cast<std::uint64_t>(int{date.year()}), 4, out);
  out += '-';
  append_padded(unsigned{date.month()}, 2, out);
  out += '-';
  append_padded(unsigned{date.day()}, 2, out);
  out += 'T';
  append_padded(in_day / 3'600'000, 2, out);
  out += ':';
  append_padded(in_day / 60'000 % 60, 2, out);
  out += ':';
  append_padded(in_day / 1'000 % 60, 2, out);
  out += '.';
  append_padded(in_day % 1'000, 3, out);
  out += 'Z';
}

}  // namespace

EventWriter::EventWriter(std::uint64_t seed, std::size_t event_bytes)
    : event_bytes_(event_bytes), random_(seed, kPurpose), occurred_at_(kFirstEventAt) {}

void EventWriter::append(const Draw& draw, std::string& out) {
  const std::size_t quarter = event_bytes_ / 4;
  const std::size_t end = out.size() + event_bytes_ - quarter + random_.below(2 * quarter + 1);
  append_identity(draw, out);
  append_metadata(end, out);
  out += "}\n";
}

void EventWriter::append_identity(const Draw& draw, std::string& out) {
  occurred_at_ += random_.below(kMaxGapMilliseconds);
  out += R"({"event_id":"evt_)";
  append_hex(random_.next(), 16, out);
  append_hex(random_.next(), 8, out);
  out += R"(","event_type":")";
  out += draw.text;
  out += R"(","occurred_at":")";
  append_time(occurred_at_, out);
  if (draw.organization) {
    out += R"(","organization":")";
    append_organization(out, *draw.organization);
  }
  out += R"(","subject":{"type":")";
  out += kSubjects[random_.below(kSubjects.size())];
  out += R"(","id":")";
  append_hex(random_.next(), 12, out);
  out += R"("})";
}

/// Fields as long as they fit, then a note that fills what is left up to `end`.
void EventWriter::append_metadata(std::size_t end, std::string& out) {
  constexpr std::string_view kNote = R"("note":")";
  constexpr std::size_t kClosing = 3;  // the note's quote and two braces
  out += R"(,"metadata":{)";
  const std::uint64_t first = random_.below(kFieldNames.size());
  for (std::uint64_t i = 0; out.size() + kFieldBytes + kNote.size() + kClosing < end; ++i) {
    append_field(first + i, i / kFieldNames.size(), out);
    out += ',';
  }
  out += kNote;
  const std::size_t note_begin = out.size();
  while (out.size() + kClosing < end) {
    if (out.size() != note_begin) out += ' ';
    out += kWords[random_.below(kWords.size())];
  }
  out.resize(std::max(note_begin, std::min(out.size(), end - std::min(end, kClosing))));
  out += R"("})";
}

/// `round` keeps the names of one event distinct once all have been used.
void EventWriter::append_field(std::uint64_t name, std::uint64_t round, std::string& out) {
  out += '"';
  out += kFieldNames[name % kFieldNames.size()];
  if (round != 0) append_number(out, round);
  out += "\":";
  switch (random_.below(8)) {
    case 0:
      out += '[';
      append_value(out);
      out += ',';
      append_value(out);
      out += ']';
      break;
    case 1:
      out += R"({"from":)";
      append_value(out);
      out += '}';
      break;
    default: append_value(out);
  }
}

void EventWriter::append_value(std::string& out) {
  switch (random_.below(8)) {
    case 0: out += random_.is_chosen(50) ? "true" : "false"; break;
    case 1: out += "null"; break;
    case 2: append_number(out, random_.below(100'000)); break;
    case 3:
      if (random_.is_chosen(20)) out += '-';
      append_number(out, random_.below(1'000));
      out += '.';
      append_padded(random_.below(1'000), 3, out);
      break;
    case 4:
      out += '"';
      append_hex(random_.next(), 16, out);
      out += '"';
      break;
    default: out += kStrings[random_.below(kStrings.size())];
  }
}

}  // namespace sluice::tool
