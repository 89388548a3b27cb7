#include "journal/event_ids.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <set>

#include "support/random.hpp"

namespace {

using sluice::journal::EventIds;
using sluice::journal::Sequence;

const EventIds kIds({1, 2, 3, 4});

TEST(EventIds, AreReadBack) {
  sluice::testkit::Random random(1);
  for (int i = 0; i < 2000; ++i) {
    const Sequence sequence = random.next() >> random.below(64);
    const std::string text = kIds.to_text(sequence);
    ASSERT_EQ(text.size(), 15U);
    ASSERT_EQ(kIds.parse(text), sequence);
  }
  EXPECT_EQ(kIds.parse(kIds.to_text(std::numeric_limits<Sequence>::max())),
            std::numeric_limits<Sequence>::max());
}

TEST(EventIds, OfNeighboursHaveNoBeginningInCommon) {
  std::set<std::string> beginnings;
  for (Sequence sequence = 1; sequence <= 500; ++sequence)
    beginnings.insert(kIds.to_text(sequence).substr(0, 8));
  EXPECT_GT(beginnings.size(), 495U);
}

TEST(EventIds, DependOnTheKey) {
  const EventIds other({1, 2, 3, 5});
  EXPECT_NE(other.to_text(1), kIds.to_text(1));
  EXPECT_NE(other.parse(kIds.to_text(1)), 1U);
}

TEST(EventIds, AreNotReadFromOtherTexts) {
  const std::string good = kIds.to_text(1);
  EXPECT_FALSE(kIds.parse(""));
  EXPECT_FALSE(kIds.parse("evt_"));
  EXPECT_FALSE(kIds.parse(good + "0"));
  EXPECT_FALSE(kIds.parse(good.substr(0, 14)));
  EXPECT_FALSE(kIds.parse("evx_" + good.substr(4)));
  EXPECT_FALSE(kIds.parse(good.substr(0, 14) + "-"));
  EXPECT_FALSE(kIds.parse("evt_zzzzzzzzzzz"));  // more than 64 bits
}

}  // namespace
