#include "journal/id_window.hpp"

#include <gtest/gtest.h>

#include <map>

#include "support/random.hpp"

namespace {

using namespace std::chrono_literals;
using sluice::base::Time;
using sluice::journal::Fingerprint;
using sluice::journal::IdWindow;
using sluice::testkit::Random;

Fingerprint id_of(std::uint64_t number) {
  Random random(number);
  const std::uint64_t high = random.next();
  return {high, random.next()};
}

TEST(IdWindow, RemembersWhatWasInserted) {
  IdWindow window(24h, 1000);
  EXPECT_TRUE(window.insert(id_of(1)));
  EXPECT_FALSE(window.insert(id_of(1)));
  EXPECT_TRUE(window.insert(id_of(2)));
  EXPECT_EQ(window.size(), 2U);
}

TEST(IdWindow, TellsIdsApartThatShareHalfOfTheirBits) {
  IdWindow window(24h, 1000);
  EXPECT_TRUE(window.insert({5, 1ULL << 32U}));
  EXPECT_TRUE(window.insert({5, 2ULL << 32U}));
  EXPECT_TRUE(window.insert({6, 1ULL << 32U}));
  EXPECT_FALSE(window.insert({5, 2ULL << 32U}));
}

TEST(IdWindow, ForgetsAnIdAfterItsTimeAndNotBefore) {
  IdWindow window(24h, 1000);
  const Time begin{1000h};
  window.advance(begin);
  window.insert(id_of(1));
  for (auto hour = 1h; hour <= 24h; ++hour) {
    window.advance(begin + hour);
    EXPECT_FALSE(window.insert(id_of(1))) << hour.count();
  }
  window.advance(begin + 25h);
  EXPECT_TRUE(window.insert(id_of(1)));
}

TEST(IdWindow, ATimeThatGoesBackChangesNothing) {
  IdWindow window(24h, 1000);
  window.advance(Time{1000h});
  window.insert(id_of(1));
  window.advance(Time{10h});
  EXPECT_FALSE(window.insert(id_of(1)));
}

TEST(IdWindow, KeepsTheNewestIdsAndLittleMore) {
  constexpr std::size_t kIds = 10'000;
  IdWindow window(24h, kIds);
  for (std::uint64_t i = 0; i < 5 * kIds; ++i) {
    ASSERT_TRUE(window.insert(id_of(i)));
    ASSERT_LE(window.size(), kIds + kIds / 64);
  }
  for (std::uint64_t i = 4 * kIds; i < 5 * kIds; ++i) ASSERT_FALSE(window.insert(id_of(i))) << i;
  EXPECT_TRUE(window.insert(id_of(3 * kIds)));
}

TEST(IdWindow, ItsMemoryIsBoundedAndBeginsSmall) {
  constexpr std::size_t kIds = 100'000;
  IdWindow window(24h, kIds);
  window.insert(id_of(0));
  EXPECT_LT(window.bytes(), 1000U);
  for (std::uint64_t i = 1; i < 6 * kIds; ++i) window.insert(id_of(i));
  EXPECT_LT(window.bytes(), 30 * kIds);
}

TEST(IdWindow, ForgetsWhatIsTakenBack) {
  IdWindow window(24h, 1000);
  window.insert(id_of(1));
  window.insert(id_of(2));
  window.erase(id_of(1));
  window.erase(id_of(3));
  EXPECT_EQ(window.size(), 1U);
  EXPECT_TRUE(window.insert(id_of(1)));
  EXPECT_FALSE(window.insert(id_of(1)));
  EXPECT_FALSE(window.insert(id_of(2)));
}

TEST(IdWindow, OfNothingRemembersNothing) {
  IdWindow window(24h, 0);
  EXPECT_TRUE(window.insert(id_of(1)));
  EXPECT_TRUE(window.insert(id_of(1)));
  EXPECT_EQ(window.bytes(), 0U);
}

TEST(IdWindow, AgreesWithAMapOverManyGenerations) {
  const std::uint64_t seed = sluice::testkit::test_seed();
  SCOPED_TRACE(sluice::testkit::seed_note(seed));
  Random random(seed);
  constexpr auto kAge = 128s;  // a generation is a second
  IdWindow window(kAge, 1'000'000);
  std::map<std::uint64_t, Time> inserted;
  Time now{1000h};
  // More generations than there are tags, so that they come round.
  for (int step = 0; step < 150'000; ++step) {
    now += std::chrono::milliseconds{random.below(1500)};
    window.advance(now);
    const std::uint64_t number = random.below(2000);
    const auto known = inserted.find(number);
    const auto age = known == inserted.end() ? Time::duration::max() : now - known->second;
    if (age > kAge && age < kAge + 3s) continue;  // on the edge either is right
    const bool is_new = window.insert(id_of(number));
    ASSERT_EQ(is_new, age > kAge) << "step " << step;
    if (!is_new) continue;
    inserted[number] = now;
    if (!random.is_one_in(10)) continue;
    window.erase(id_of(number));
    inserted.erase(number);
  }
}

}  // namespace
