// What became of a body of events.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::ingest {

/// Why one item of a body was not accepted.
struct ItemError {
  std::uint64_t index = 0;  // 0-based, among the body's events, good and bad
  std::uint64_t line = 0;   // 1-based, of the body as it was sent (after unzipping)
  std::string_view type;    // "missing_event_type" and the like; static
  std::string message;
};

struct IngestResult {
  static constexpr std::size_t kMaxErrors = 100;

  /// 202: at least one event was accepted or known. 422, 413, 400: none was. 415: a body of such a
  /// type is not read. 429: no room, and nothing was accepted. 503: the journal took nothing more;
  /// what the counts say was accepted before, and is.
  int status = 202;
  std::string_view message;      // for people; empty with 202; static
  std::uint64_t accepted = 0;    // duplicates not counted
  std::uint64_t duplicates = 0;  // their ids were there before: not delivered again
  std::uint64_t rejected = 0;
  std::uint64_t matched = 0;            // of the accepted ones: reached at least one webhook
  std::uint64_t first_event = 0;        // the lowest number that the journal gave, and
  std::uint64_t last_event = 0;         // the highest: others' may lie between; 0: it gave none
  std::vector<ItemError> errors;        // of the first kMaxErrors rejected items, in order
  std::chrono::seconds retry_after{0};  // with 429 and 503
};

}  // namespace sluice::ingest
