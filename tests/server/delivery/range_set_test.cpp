#include "delivery/range_set.hpp"

#include <gtest/gtest.h>

#include <random>
#include <set>

namespace sluice::delivery {
namespace {

std::vector<SequenceRange> all(const RangeSet& set) {
  return {set.ranges().begin(), set.ranges().end()};
}

TEST(RangeSet, JoinsNeighboursOnlyWhereItMay) {
  RangeSet joined;
  joined.add({1, 1}, true);
  joined.add({2, 2}, true);
  EXPECT_EQ(all(joined), (std::vector<SequenceRange>{{1, 2}}));
  RangeSet apart;
  apart.add({1, 4}, false);
  apart.add({5, 9}, false);
  EXPECT_EQ(all(apart), (std::vector<SequenceRange>{{1, 4}, {5, 9}}));
}

TEST(RangeSet, SplitsARangeThatLosesItsMiddle) {
  RangeSet set;
  set.add({1, 9}, false);
  set.remove({4, 5});
  EXPECT_EQ(all(set), (std::vector<SequenceRange>{{1, 3}, {6, 9}}));
}

TEST(RangeSet, CutsWhatIsAboveALimit) {
  RangeSet set;
  set.add({1, 9}, false);
  set.add({12, 13}, false);
  set.cut_above(5);
  EXPECT_EQ(all(set), (std::vector<SequenceRange>{{1, 5}}));
}

TEST(RangeSet, HoldsWhatASetOfNumbersHolds) {
  std::mt19937_64 random(7);
  RangeSet set;
  std::set<journal::Sequence> model;
  journal::Sequence next = 1;
  for (int round = 0; round < 20'000; ++round) {
    if (random() % 3 != 0) {
      next += random() % 3;
      const journal::Sequence last = next + random() % 4;
      set.add({next, last}, random() % 2 == 0);
      for (; next <= last; ++next) model.insert(next);
    } else {
      const journal::Sequence first = next - std::min<journal::Sequence>(next - 1, random() % 30);
      const journal::Sequence last = first + random() % 10;
      set.remove({first, last});
      model.erase(model.lower_bound(first), model.upper_bound(last));
    }
    const journal::Sequence asked = next - std::min<journal::Sequence>(next, random() % 40);
    ASSERT_EQ(set.find(asked).has_value(), model.contains(asked)) << asked;
  }
}

}  // namespace
}  // namespace sluice::delivery
