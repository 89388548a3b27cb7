// Which of the events below a channel's frontier are not done: those in flight, and after a restart
// those that were.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "delivery/sequence_range.hpp"

namespace sluice::delivery {

/// Disjoint ranges in ascending order; few, since a channel has few deliveries in flight.
/// Thread safety: none.
class RangeSet {
 public:
  bool is_empty() const noexcept { return ranges_.empty(); }
  /// Of a set that is not empty.
  const SequenceRange& front() const noexcept { return ranges_.front(); }
  std::span<const SequenceRange> ranges() const noexcept { return ranges_; }

  /// The range that holds `sequence`.
  std::optional<SequenceRange> find(journal::Sequence sequence) const;

  /// Adds what is not in the set yet; a range that lies in one of the set changes nothing. With
  /// `joins` it is united with a neighbour that ends right before it.
  void add(SequenceRange range, bool joins);

  /// Takes `range` out, whatever of it is in the set.
  void remove(SequenceRange range);

  /// Takes out what is above `last`.
  void cut_above(journal::Sequence last);

 private:
  std::vector<SequenceRange> ranges_;
};

}  // namespace sluice::delivery
