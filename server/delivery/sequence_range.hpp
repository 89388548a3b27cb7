// A run of events in the journal, of which some belong to whoever speaks of it.
#pragma once

#include "journal/sequence.hpp"

namespace sluice::delivery {

/// Events from `first` to `last`, both included.
struct SequenceRange {
  journal::Sequence first = 0;
  journal::Sequence last = 0;

  bool contains(journal::Sequence sequence) const { return first <= sequence && sequence <= last; }
  friend bool operator==(const SequenceRange&, const SequenceRange&) = default;
};

}  // namespace sluice::delivery
