#include "base/durations.hpp"

#include <gtest/gtest.h>

namespace sluice::base {
namespace {

using std::chrono::microseconds;
using std::chrono::nanoseconds;

TEST(Durations, EachIsInTheFirstBucketWhoseBoundItDoesNotPass) {
  for (std::int64_t value = 0; value < 130'000'000; value += 1 + value / 7) {
    const std::size_t bucket = Durations::bucket_of(microseconds{value});
    ASSERT_LT(bucket, Durations::kBuckets);
    if (bucket < Durations::kBounds.size()) {
      ASSERT_LE(microseconds{value}, Durations::kBounds.at(bucket));
    }
    if (bucket > 0) {
      ASSERT_GT(microseconds{value}, Durations::kBounds.at(bucket - 1));
    }
  }
  EXPECT_EQ(Durations::bucket_of(nanoseconds{100'001}), Durations::bucket_of(microseconds{101}));
  EXPECT_EQ(Durations::bucket_of(microseconds{-5}), 0U);
  EXPECT_EQ(Durations::bucket_of(std::chrono::hours{1}), Durations::kBuckets - 1);
}

TEST(Durations, BucketsGrowByAboutAQuarter) {
  for (std::size_t i = 7; i < Durations::kBounds.size(); ++i) {
    const auto before = Durations::kBounds.at(i - 1).count();
    const auto bound = Durations::kBounds.at(i).count();
    EXPECT_LT(before, bound);
    EXPECT_LE(bound * 10, before * 13) << i;
  }
}

TEST(Durations, WhatOneThreadAddsIsWhatIsRead) {
  DurationHistogram histogram;
  histogram.add(microseconds{7});
  histogram.add(microseconds{8});
  histogram.add(microseconds{9});
  Durations durations;
  durations.add(microseconds{9});
  histogram.add_to(durations);
  EXPECT_EQ(durations.counts.at(Durations::bucket_of(microseconds{8})), 2U);
  EXPECT_EQ(durations.counts.at(Durations::bucket_of(microseconds{9})), 2U);
  EXPECT_EQ(durations.sum, microseconds{33});
}

}  // namespace
}  // namespace sluice::base
