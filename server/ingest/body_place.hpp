// How far a body has come: what its next item is called, and how items that are not accepted are told.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>

#include "ingest/body_outcome.hpp"
#include "ingest/json_lines.hpp"

namespace sluice::ingest {

struct BodyPlace {
  std::uint32_t organisation = 0;
  bool needs_cloud_events = false;  // each event must have the attributes of one
  std::uint64_t line = 1;           // of the text that is next, as the decoder counts
  std::uint64_t items = 0;          // so far, good and bad
  JsonLines* json = nullptr;        // of a JSON body: tells index and line of each item

  /// The item on `line_of_text` is not accepted. Items come in order. Errors: std::bad_alloc.
  void reject(std::uint64_t line_of_text, const Fault& fault, BodyOutcome& outcome,
              std::optional<std::size_t> offset = std::nullopt);

  /// Tells of what is wrong between the elements of an array before the line; of all, without one.
  /// Errors: std::bad_alloc.
  void reject_gaps(BodyOutcome& outcome,
                   std::uint64_t line_of_text = std::numeric_limits<std::uint64_t>::max()) const;
};

}  // namespace sluice::ingest
