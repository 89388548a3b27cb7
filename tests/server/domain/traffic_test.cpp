#include "domain/traffic.hpp"

#include <gtest/gtest.h>

namespace sluice::domain {
namespace {

using std::chrono::microseconds;

TEST(DurationHistogram, EveryDurationIsBelowTheEndOfItsBucketAndNotBelowTheOneBefore) {
  for (std::int64_t value = 0; value < 130'000'000; value += 1 + value / 7) {
    const std::size_t bucket = DurationHistogram::bucket_of(microseconds{value});
    ASSERT_LT(bucket, DurationHistogram::kBuckets);
    if (bucket + 1 < DurationHistogram::kBuckets) {
      ASSERT_LT(value, DurationHistogram::end_of(bucket).count()) << bucket;
    }
    if (bucket > 0) {
      ASSERT_GE(value, DurationHistogram::end_of(bucket - 1).count()) << bucket;
    }
  }
}

TEST(DurationHistogram, ABucketIsAQuarterWideAtMost) {
  for (std::size_t bucket = 5; bucket < DurationHistogram::kBuckets; ++bucket) {
    const auto begin = DurationHistogram::end_of(bucket - 1).count();
    const auto end = DurationHistogram::end_of(bucket).count();
    EXPECT_LT(begin, end);
    EXPECT_LE((end - begin) * 4, begin) << bucket;
  }
}

TEST(DurationHistogram, TakesWhatIsNegativeOrWithoutMeasure) {
  DurationHistogram histogram;
  histogram.add(microseconds{-5});
  histogram.add(microseconds::max());
  EXPECT_EQ(histogram.count(0), 1U);
  EXPECT_EQ(histogram.count(DurationHistogram::kBuckets - 1), 1U);
}

TEST(Traffic, CountsEachOrganisationByItself) {
  Traffic traffic;
  traffic.count(1, IntakeCounts{.accepted = 3, .duplicates = 1, .rejected = 2, .matched = 2});
  traffic.count(1, IntakeCounts{.accepted = 1});
  traffic.count(2, AttemptCounts{.events = 10, .is_delivered = true, .duration = microseconds{7}});
  traffic.count(2, AttemptCounts{.events = 10, .duration = microseconds{7}});
  EXPECT_EQ(traffic.of(1).intake.accepted, 4U);
  EXPECT_EQ(traffic.of(1).intake.rejected, 2U);
  EXPECT_EQ(traffic.of(1).delivered, 0U);
  EXPECT_EQ(traffic.of(2).intake.accepted, 0U);
  EXPECT_EQ(traffic.of(2).delivered, 1U);
  EXPECT_EQ(traffic.of(2).delivered_events, 10U);
  EXPECT_EQ(traffic.of(2).failed, 1U);
  EXPECT_EQ(traffic.of(2).durations.count(DurationHistogram::bucket_of(microseconds{7})), 2U);
  EXPECT_EQ(traffic.of(3).failed, 0U);
  traffic.count(2, IntakeCounts{.accepted = 5, .matched = 1});
  EXPECT_EQ(traffic.intake().accepted, 9U);
  EXPECT_EQ(traffic.intake().matched, 3U);
}

}  // namespace
}  // namespace sluice::domain
