#include "delivery/retry_schedule.hpp"

#include <gtest/gtest.h>

#include <array>

namespace sluice::delivery {
namespace {

using namespace std::chrono_literals;

constexpr std::array<std::chrono::seconds, 9> kPauses = {5s,     300s,   1800s,  7200s, 18000s,
                                                         36000s, 50400s, 72000s, 86400s};

TEST(RetrySchedule, WaitsAsTheContractSaysInTheMiddleOfTheSpread) {
  for (unsigned attempt = 1; attempt <= kPauses.size(); ++attempt)
    EXPECT_EQ(pause_after_failure(attempt, 0.5), kPauses[attempt - 1]) << attempt;
}

TEST(RetrySchedule, SpreadsEachPauseOverAFifthEitherWay) {
  for (unsigned attempt = 1; attempt <= kPauses.size(); ++attempt) {
    const std::chrono::microseconds pause = kPauses[attempt - 1];
    EXPECT_EQ(pause_after_failure(attempt, 0.0), pause * 4 / 5) << attempt;
    const auto longest = pause_after_failure(attempt, 0.999999);
    EXPECT_LE(longest, pause * 6 / 5) << attempt;
    EXPECT_GT(longest, pause * 119 / 100) << attempt;
  }
}

TEST(RetrySchedule, EndsAfterTheTenthAttempt) {
  EXPECT_TRUE(pause_after_failure(kMaxAttempts - 1, 0.5));
  EXPECT_FALSE(pause_after_failure(kMaxAttempts, 0.5));
  EXPECT_FALSE(pause_after_failure(kMaxAttempts, 0.5, 60s)) << "whatever the receiver asks for";
  EXPECT_FALSE(pause_after_failure(4'000'000'000U, 0.5));
}

TEST(RetrySchedule, AnAttemptBeforeTheFirstHasNoPause) {
  EXPECT_FALSE(pause_after_failure(0, 0.5));
}

TEST(RetrySchedule, HonoursARetryAfterThatIsLonger) {
  EXPECT_EQ(pause_after_failure(1, 0.5, 120s), 120s);
  EXPECT_EQ(pause_after_failure(1, 0.5, 86'400s), 24h);
}

TEST(RetrySchedule, IsNotHurriedByARetryAfterThatIsShorter) {
  EXPECT_EQ(pause_after_failure(2, 0.5, 1s), 300s);
  EXPECT_EQ(pause_after_failure(2, 0.5, -5s), 300s);
}

TEST(RetrySchedule, BoundsARetryAfterToADay) {
  EXPECT_EQ(pause_after_failure(1, 0.5, std::chrono::seconds::max()), 24h);
}

TEST(RetrySchedule, HasNoPauseLongerThanItSays) {
  for (unsigned attempt = 1; attempt < kMaxAttempts; ++attempt)
    EXPECT_LT(pause_after_failure(attempt, 1.0, std::chrono::seconds::max()), kLongestPause);
}

TEST(RetrySchedule, TakesAJitterOutOfRangeForItsNearestEnd) {
  EXPECT_EQ(pause_after_failure(1, -3.0), 4s);
  EXPECT_EQ(pause_after_failure(1, 7.0), 6s);
}

}  // namespace
}  // namespace sluice::delivery
