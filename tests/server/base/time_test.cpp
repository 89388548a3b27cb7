// Times are read and written as RFC 3339 has them, and what is no time is refused.
#include "base/time.hpp"

#include <gtest/gtest.h>

#include "tests/server/support/manual_clock.hpp"

namespace sluice::base {
namespace {

using std::chrono::microseconds;

Time at(std::int64_t since_epoch) { return Time{microseconds{since_epoch}}; }

TEST(Time, IsWrittenWithSixDigitsAndZ) {
  EXPECT_EQ(to_iso8601(at(0)), "1970-01-01T00:00:00.000000Z");
  EXPECT_EQ(to_iso8601(at(-1)), "1969-12-31T23:59:59.999999Z");
  EXPECT_EQ(to_iso8601(at(1'795'527'356'123'456)), "2026-11-24T13:35:56.123456Z");
}

TEST(Time, OutsideOfFourDigitYearsIsShownAsTheNearestInside) {
  EXPECT_EQ(to_iso8601(Time::max()), "9999-12-31T23:59:59.999999Z");
  EXPECT_EQ(to_iso8601(Time::min()), "0000-01-01T00:00:00.000000Z");
}

TEST(Time, ReadsOffsetsAndFractions) {
  const Time expected = at(1'795'527'356'000'000);
  EXPECT_EQ(parse_iso8601("2026-11-24T13:35:56Z"), expected);
  EXPECT_EQ(parse_iso8601("2026-11-24t13:35:56z"), expected);
  EXPECT_EQ(parse_iso8601("2026-11-24 13:35:56Z"), expected);
  EXPECT_EQ(parse_iso8601("2026-11-24T13:35:56+00:00"), expected);
  EXPECT_EQ(parse_iso8601("2026-11-24T19:20:56+05:45"), expected);
  EXPECT_EQ(parse_iso8601("2026-11-23T14:35:56-23:00"), expected);
  EXPECT_EQ(parse_iso8601("2026-11-24T13:35:56.1Z"), expected + microseconds{100'000});
  EXPECT_EQ(parse_iso8601("2026-11-24T13:35:56.123456Z"), expected + microseconds{123'456});
  EXPECT_EQ(parse_iso8601("2026-11-24T13:35:56.123456999Z"), expected + microseconds{123'456});
  EXPECT_EQ(parse_iso8601("2024-02-29T00:00:00Z"), at(1'709'164'800'000'000));
}

TEST(Time, ReadsBackWhatItWrote) {
  for (const char* text : {"0000-01-01T00:00:00.000000Z", "9999-12-31T23:59:59.999999Z",
                           "2026-11-24T13:35:56.123456Z", "1969-12-31T23:59:59.999999Z"}) {
    const auto time = parse_iso8601(text);
    ASSERT_TRUE(time) << text;
    EXPECT_EQ(to_iso8601(*time), text);
  }
}

TEST(Time, ALeapSecondIsTheSecondThatFollows) {
  EXPECT_EQ(parse_iso8601("2016-12-31T23:59:60Z"), parse_iso8601("2017-01-01T00:00:00Z"));
  EXPECT_EQ(parse_iso8601("2016-12-31T15:59:60-08:00"), parse_iso8601("2017-01-01T00:00:00Z"));
  EXPECT_FALSE(parse_iso8601("2016-12-31T12:00:60Z"));
}

TEST(Time, RefusesWhatIsNoTime) {
  for (const char* text : {"",
                           "2026",
                           "2026-11-24",
                           "2026-11-24T13:35Z",
                           "2026-11-24T13:35:56",
                           "2026-11-24T13:35:56.Z",
                           "2026-11-24T13:35:56.1234567890Z",
                           "2026-11-24T13:35:56,5Z",
                           "2026-13-24T13:35:56Z",
                           "2026-00-24T13:35:56Z",
                           "2026-11-31T13:35:56Z",
                           "2026-11-00T13:35:56Z",
                           "2023-02-29T00:00:00Z",
                           "2026-11-24T24:00:00Z",
                           "2026-11-24T13:60:56Z",
                           "2026-11-24T13:35:61Z",
                           "2026-11-24T13:35:56+24:00",
                           "2026-11-24T13:35:56+0100",
                           "2026-11-24T13:35:56+01",
                           "2026-11-24T13:35:56Zx",
                           " 2026-11-24T13:35:56Z",
                           "+026-11-24T13:35:56Z",
                           "2026-1-24T13:35:56Z",
                           "0000-01-01T00:00:00+00:01",
                           "9999-12-31T23:59:59-00:01",
                           "9999-12-31T23:59:60Z"})
    EXPECT_FALSE(parse_iso8601(text)) << text;
}

TEST(ManualClock, MovesOnlyWhenTold) {
  testkit::ManualClock clock;
  const Time begin = clock.now();
  const auto steady = clock.steady_now();
  EXPECT_EQ(clock.now(), begin);
  clock.advance(std::chrono::seconds{5});
  EXPECT_EQ(clock.now() - begin, std::chrono::seconds{5});
  EXPECT_EQ(clock.steady_now() - steady, std::chrono::seconds{5});
  clock.set(begin);
  EXPECT_EQ(clock.now(), begin);
  EXPECT_EQ(clock.steady_now() - steady, std::chrono::seconds{5});
}

}  // namespace
}  // namespace sluice::base
