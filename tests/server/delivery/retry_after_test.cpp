#include "delivery/retry_after.hpp"

#include <gtest/gtest.h>

#include <string>

namespace sluice::delivery {
namespace {

using namespace std::chrono_literals;

// The example of RFC 9110 section 5.6.7.
constexpr base::Time kExample =
    std::chrono::sys_days{std::chrono::year{1994} / 11 / 6} + 8h + 49min + 37s;
constexpr base::Time kNow =
    std::chrono::sys_days{std::chrono::year{2026} / 11 / 24} + 13h + 35min + 56s;

TEST(HttpDate, ReadsAllThreeForms) {
  EXPECT_EQ(parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT", kNow), kExample);
  EXPECT_EQ(parse_http_date("Sunday, 06-Nov-94 08:49:37 GMT", kNow), kExample);
  EXPECT_EQ(parse_http_date("Sun Nov  6 08:49:37 1994", kNow), kExample);
}

TEST(HttpDate, ReadsTwoDigitDaysOfAsctime) {
  EXPECT_EQ(parse_http_date("Wed Nov 16 08:49:37 1994", kNow), kExample + 240h);
}

TEST(HttpDate, PutsTwoDigitYearsAtMostFiftyYearsAhead) {
  const auto year_of = [](const std::string& digits) {
    const auto time = parse_http_date("Monday, 01-Jan-" + digits + " 00:00:00 GMT", kNow);
    const std::chrono::year_month_day date{std::chrono::floor<std::chrono::days>(time.value())};
    return int{date.year()};
  };
  EXPECT_EQ(year_of("26"), 2026);
  EXPECT_EQ(year_of("76"), 2076);
  EXPECT_EQ(year_of("77"), 1977);
  EXPECT_EQ(year_of("00"), 2000);
  EXPECT_EQ(year_of("99"), 1999);
}

TEST(HttpDate, TakesALeapSecondForTheSecondThatFollows) {
  EXPECT_EQ(parse_http_date("Sat, 31 Dec 2016 23:59:60 GMT", kNow),
            base::Time{std::chrono::sys_days{std::chrono::year{2017} / 1 / 1}});
}

TEST(HttpDate, RefusesWhatIsNoDate) {
  for (const char* text : {"",
                           "Sun",
                           "Sun, ",
                           "Sun, 06 Nov 1994 08:49:37",
                           "Sun, 06 Nov 1994 08:49:37 UTC",
                           "Sun, 06 Nov 1994 08:49:37 GMT ",
                           "Sun, 6 Nov 1994 08:49:37 GMT",
                           "Sun, 06 Nov 94 08:49:37 GMT",
                           "Sun, 06 nov 1994 08:49:37 GMT",
                           "Sun, 31 Feb 1994 08:49:37 GMT",
                           "Sun, 00 Nov 1994 08:49:37 GMT",
                           "Sun, 06 Nov 1994 24:00:00 GMT",
                           "Sun, 06 Nov 1994 08:60:00 GMT",
                           "Sun, 06 Nov 1994 08:49:61 GMT",
                           "Xyz, 06 Nov 1994 08:49:37 GMT",
                           "Sun, 06 Foo 1994 08:49:37 GMT",
                           "Sun, 06 Nov +994 08:49:37 GMT",
                           "Sunday, 06 Nov 1994 08:49:37 GMT",
                           "Sun, 06-Nov-94 08:49:37 GMT",
                           "Sunday, 06-Nov-1994 08:49:37 GMT",
                           "Sun Nov 6 08:49:37 1994",
                           "Sun Nov  6 08:49:37 94",
                           "Sun Nov  6 08:49:37 1994 GMT",
                           "1994-11-06T08:49:37Z"})
    EXPECT_FALSE(parse_http_date(text, kNow)) << text;
}

TEST(RetryAfter, ReadsSeconds) {
  EXPECT_EQ(parse_retry_after("0", kNow), 0s);
  EXPECT_EQ(parse_retry_after("120", kNow), 120s);
  EXPECT_EQ(parse_retry_after("  007\t", kNow), 7s);
}

TEST(RetryAfter, ReadsDatesAsTheTimeUntilThen) {
  EXPECT_EQ(parse_retry_after("Tue, 24 Nov 2026 13:36:56 GMT", kNow), 60s);
  EXPECT_EQ(parse_retry_after("Tue, 24 Nov 2026 13:36:56 GMT", kNow + 1us), 60s) << "rounded up";
  EXPECT_EQ(parse_retry_after("Tuesday, 24-Nov-26 13:35:57 GMT", kNow), 1s);
}

TEST(RetryAfter, ADateInThePastMeansNow) {
  EXPECT_EQ(parse_retry_after("Sun, 06 Nov 1994 08:49:37 GMT", kNow), 0s);
}

TEST(RetryAfter, IsBoundedToADay) {
  EXPECT_EQ(parse_retry_after("86400", kNow), 24h);
  EXPECT_EQ(parse_retry_after("86401", kNow), 24h);
  EXPECT_EQ(parse_retry_after(std::string(1000, '9'), kNow), 24h);
  EXPECT_EQ(parse_retry_after("Thu, 31 Dec 9999 23:59:59 GMT", kNow), 24h);
}

TEST(RetryAfter, RefusesWhatIsNeitherNumberNorDate) {
  for (const char* text : {"", " ", "-1", "+5", "1.5", "5s", "0x10", "1 2", "soon", "1,2"})
    EXPECT_FALSE(parse_retry_after(text, kNow)) << text;
}

}  // namespace
}  // namespace sluice::delivery
