#include "delivery/range_set.hpp"

#include <algorithm>
#include <limits>

namespace sluice::delivery {
namespace {

auto first_that_reaches(std::vector<SequenceRange>& ranges, journal::Sequence sequence) {
  return std::lower_bound(
      ranges.begin(), ranges.end(), sequence,
      [](const SequenceRange& range, journal::Sequence value) { return range.last < value; });
}

}  // namespace

std::optional<SequenceRange> RangeSet::find(journal::Sequence sequence) const {
  const auto found = std::lower_bound(
      ranges_.begin(), ranges_.end(), sequence,
      [](const SequenceRange& range, journal::Sequence value) { return range.last < value; });
  if (found == ranges_.end() || found->first > sequence) return std::nullopt;
  return *found;
}

void RangeSet::add(SequenceRange range, bool joins) {
  const auto place = first_that_reaches(ranges_, range.first);
  if (place != ranges_.end() && place->contains(range.first)) return;
  if (joins && place != ranges_.begin() && (place - 1)->last + 1 == range.first) {
    (place - 1)->last = range.last;
    return;
  }
  ranges_.insert(place, range);
}

void RangeSet::remove(SequenceRange range) {
  auto place = first_that_reaches(ranges_, range.first);
  while (place != ranges_.end() && place->first <= range.last) {
    const SequenceRange held = *place;
    const bool keeps_left = held.first < range.first;
    const bool keeps_right = held.last > range.last;
    if (keeps_left && keeps_right) {
      place->last = range.first - 1;
      ranges_.insert(place + 1, {range.last + 1, held.last});
      return;
    }
    if (keeps_left) {
      place->last = range.first - 1;
      ++place;
    } else if (keeps_right) {
      place->first = range.last + 1;
      return;
    } else {
      place = ranges_.erase(place);
    }
  }
}

void RangeSet::cut_above(journal::Sequence last) {
  if (last == std::numeric_limits<journal::Sequence>::max()) return;
  remove({last + 1, std::numeric_limits<journal::Sequence>::max()});
}

}  // namespace sluice::delivery
