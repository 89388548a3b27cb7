#include "ingest/body_place.hpp"

#include <vector>

namespace sluice::ingest {

void BodyPlace::reject(std::uint64_t line_of_text, const Fault& fault, BodyOutcome& outcome,
                       std::optional<std::size_t> offset) {
  if (json == nullptr) {
    outcome.reject(items, line_of_text, fault, offset);
  } else {
    const std::uint64_t index = json->is_array() ? line_of_text - 1 : 0;
    outcome.reject(index, json->line_of(index), fault, offset);
  }
  ++items;
}

void BodyPlace::reject_gaps(BodyOutcome& outcome, std::uint64_t line_of_text) const {
  if (json == nullptr) return;
  std::vector<ArrayFault>& faults = json->faults();
  auto next = faults.begin();
  for (; next != faults.end() && next->element + 1 < line_of_text; ++next) {
    outcome.reject(next->element, json->line_of(next->element), *next->fault, std::nullopt,
                   next->count);
  }
  faults.erase(faults.begin(), next);
}

}  // namespace sluice::ingest
