#include "ingest/time_check.hpp"

#include <gtest/gtest.h>

#include <span>
#include <string>

#include "base/time.hpp"
#include "support/random.hpp"

namespace sluice::ingest {
namespace {

// The same TimeCheck all the time: what it remembers of one text must not change another's answer.
TEST(TimeCheck, AcceptsWhatTheParserAccepts) {
  const std::uint64_t seed = testkit::test_seed();
  SCOPED_TRACE(testkit::seed_note(seed));
  testkit::Random random{seed};
  constexpr std::string_view kStarts[] = {
      "2026-11-24T13:35:", "2026-11-24t13:35:", "2026-11-24T13:36:",
      "2026-02-29T00:00:", "2026-12-31T23:59:", "9999-12-31T23:59:"};
  constexpr std::string_view kEnds[] = {"Z",      "z",      ".5Z",          ".123456789Z",
                                        "+01:00", "-23:59", ".1234567890Z", ".Z",
                                        "",       "Z ",     ".1-01:00",     ".12345Zx"};
  TimeCheck check;
  std::size_t good = 0;
  for (int i = 0; i != 10'000; ++i) {
    std::string text{random.pick(std::span<const std::string_view>{kStarts})};
    text += static_cast<char>('/' + random.below(9));
    text += static_cast<char>('/' + random.below(12));
    text += random.pick(std::span<const std::string_view>{kEnds});
    if (random.is_one_in(10)) text.resize(random.below(text.size() + 1));
    const bool is_time = base::parse_iso8601(text).has_value();
    ASSERT_EQ(check.is_time(text), is_time) << text;
    good += is_time ? 1 : 0;
  }
  EXPECT_GT(good, 200U);
}

}  // namespace
}  // namespace sluice::ingest
