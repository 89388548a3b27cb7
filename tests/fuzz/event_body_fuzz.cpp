// Any bytes as a body of events, in every format, zipped or not: where its pieces end changes
// nothing, and a body that simdjson's DOM takes for an array has a line for each element and no fault.
// The first byte says the format and the coding, the second how large the pieces are.
#include <simdjson.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fuzz/require.hpp"
#include "ingest/body_text.hpp"

namespace {

using sluice::ingest::BodyCoding;
using sluice::ingest::BodyFormat;
using sluice::ingest::BodyText;
using sluice::ingest::Chunk;
using sluice::ingest::ChunkPool;
using sluice::testkit::require;

constexpr std::size_t kEventBytes = 64;

struct Seen {
  std::string lines;
  std::size_t too_long = 0;
  std::string faults;
  bool is_array = false;

  friend bool operator==(const Seen&, const Seen&) = default;
};

void note_gaps(BodyText& text, Seen& seen) {
  if (text.json() == nullptr) return;
  for (const auto& fault : text.json()->faults()) {
    for (std::uint64_t i = 0; i != fault.count; ++i)
      seen.faults += std::to_string(fault.element + i) + std::string{fault.fault->type} +
                     std::to_string(text.json()->line_of(fault.element)) + " ";
  }
  text.json()->faults().clear();
}

Seen read(std::string_view body, std::size_t piece_bytes, BodyFormat format, BodyCoding coding) {
  ChunkPool pool{BodyText::max_line_bytes(kEventBytes), piece_bytes, 2};
  BodyText text{format, coding, std::nullopt, kEventBytes, pool};
  Seen seen;
  std::string_view lines;
  for (;;) {
    switch (text.next(lines)) {
      case BodyText::Found::lines: seen.lines += lines; break;
      case BodyText::Found::too_long: ++seen.too_long; break;
      case BodyText::Found::more: break;
      case BodyText::Found::starved: {
        Chunk chunk = pool.take();
        body.remove_prefix(chunk.take(body));
        text.put(std::move(chunk), body.empty());
        break;
      }
      case BodyText::Found::end:
        note_gaps(text, seen);
        if (text.fault() != nullptr) seen.faults += text.fault()->type;
        seen.is_array = text.json() != nullptr && text.json()->is_array();
        // An empty last piece adds a blank line, which is no event.
        seen.lines.erase(seen.lines.find_last_not_of(" \t\r\n") + 1);
        return seen;
    }
    note_gaps(text, seen);
  }
}

void compare_with_dom(std::string_view body, const Seen& seen) {
  simdjson::dom::parser parser;
  simdjson::dom::array elements;
  const simdjson::padded_string padded{body};
  if (parser.parse(padded).get(elements) != simdjson::SUCCESS) return;
  require(seen.is_array && seen.faults.empty(), "an array is one, and has no gaps");
  std::size_t lines = 0;
  std::string_view left = seen.lines;
  while (!left.empty()) {
    const std::size_t size = std::min(left.find('\n'), left.size());
    if (left.substr(0, size).find_first_not_of(" \t\r") != left.npos) ++lines;
    left.remove_prefix(std::min(size + 1, left.size()));
  }
  std::size_t wanted = 0;  // size() is capped at 2^24, which no input reaches
  for ([[maybe_unused]] const auto element : elements) ++wanted;
  require(lines + seen.too_long == wanted, "every element is a line");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  constexpr BodyFormat kFormats[] = {BodyFormat::json, BodyFormat::ndjson, BodyFormat::cloud_event,
                                     BodyFormat::cloud_event_batch};
  const BodyFormat format = kFormats[data[0] % 4];
  const BodyCoding coding = data[0] / 4 % 2 == 0 ? BodyCoding::identity : BodyCoding::gzip;
  const std::string_view body{reinterpret_cast<const char*>(data) + 2, size - 2};
  const Seen seen = read(body, std::size_t{1} << 20U, format, coding);
  require(read(body, std::size_t{1} + data[1], format, coding) == seen,
          "the ends of pieces change nothing");
  if (format == BodyFormat::json && coding == BodyCoding::identity) compare_with_dom(body, seen);
  return 0;
}
