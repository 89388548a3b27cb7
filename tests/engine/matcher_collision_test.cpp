// Hashes that collide, by force: segments, names and scopes of equal hash stay apart all the same,
// above all those of different organisations.
#include <gtest/gtest.h>

#include <stdexcept>
#include <string>
#include <vector>

#include "matcher_impl.hpp"

namespace sluice {
namespace {

using internal::MatcherImpl;

constexpr std::uint64_t kNoBits = 0;   // every text has one and the same hash
constexpr std::uint64_t kLowBits = 7;  // one neighbourhood, eight hashes
constexpr std::uint64_t kHighBits = std::uint64_t{3} << 40U;  // four neighbourhoods, one hash each
constexpr unsigned kNames = 200;                              // under the 252 of one neighbourhood

struct CollisionCase {
  const char* label;
  std::uint64_t mask;
  std::size_t cache_bytes;
};

class MatcherCollision : public testing::TestWithParam<CollisionCase> {
 protected:
  MatcherCollision() { MatcherImpl::of(matcher_).force_collisions(GetParam().mask); }

  // A segment and a name of equal and of different sizes, up to 16 bytes, which a bucket holds itself, and beyond.
  static std::string name_of(unsigned i) {
    return (i % 2 == 0 ? "name-" : "name-of-more-than-16-bytes-") + std::to_string(i * i);
  }

  void put(unsigned id, std::string_view scope, const std::string& text) {
    ASSERT_TRUE(matcher_.put(SubscriptionId{id}, scope, {*Pattern::parse(text)}));
  }

  void expect_only(unsigned id, const std::string& name, std::string_view scope) {
    const auto matched = reader_.match(name, scope);
    ASSERT_EQ(matched.size(), 1U) << name << " in '" << scope << "'";
    ASSERT_EQ(matched[0], SubscriptionId{id}) << name << " in '" << scope << "'";
  }

  Matcher matcher_;
  Reader reader_{matcher_, {.cache_bytes = GetParam().cache_bytes}};
};

constexpr int kTimes = 3;  // a name enters the cache when it is asked for a second time

TEST_P(MatcherCollision, KeepsNamesApart) {
  for (unsigned id = 0; id < kNames; ++id) {
    ASSERT_NO_FATAL_FAILURE(put(id, "", name_of(id)));
  }
  for (int time = 0; time < kTimes; ++time) {
    for (unsigned id = 0; id < kNames; ++id) {
      ASSERT_NO_FATAL_FAILURE(expect_only(id, name_of(id), ""));
      ASSERT_TRUE(reader_.match("unknown-" + std::to_string(id)).empty());
    }
  }
}

TEST_P(MatcherCollision, KeepsSegmentsApart) {
  const std::string deep = "a.b.a.b.a.b.a.";
  for (unsigned id = 0; id < kNames; ++id) {
    ASSERT_NO_FATAL_FAILURE(put(id, "", deep + name_of(id) + ".**"));
  }
  for (int time = 0; time < kTimes; ++time) {
    for (unsigned id = 0; id < kNames; ++id) {
      ASSERT_NO_FATAL_FAILURE(expect_only(id, deep + name_of(id), ""));
      ASSERT_TRUE(reader_.match("b." + name_of(id)).empty());
    }
  }
}

TEST_P(MatcherCollision, KeepsOrganisationsApart) {
  for (const char* pattern : {"order.*", "order.done"}) {
    for (unsigned id = 0; id < kNames; ++id) {
      matcher_.put(SubscriptionId{id}, name_of(id), {*Pattern::parse(pattern)});
    }
    for (int time = 0; time < kTimes; ++time) {
      for (unsigned id = 0; id < kNames; ++id) {
        ASSERT_NO_FATAL_FAILURE(expect_only(id, "order.done", name_of(id)));
        ASSERT_TRUE(reader_.match("order.done", "stranger-" + std::to_string(id)).empty());
      }
    }
  }
}

// The bound of colliding segments is an error of the one webhook that goes beyond it.
TEST_P(MatcherCollision, RefusesTheTextThatHasNoNumberLeftAndChangesNothing) {
  unsigned held = 0;
  try {
    for (; held < 2'000; ++held) {
      matcher_.put(SubscriptionId{held}, "", {*Pattern::parse(name_of(held) + ".**")});
    }
  } catch (const std::length_error&) {
  }
  ASSERT_GE(held, 252U);
  ASSERT_LE(held, 252U * 4);
  MatcherImpl::of(matcher_).drain();
  const MatcherStats before = matcher_.stats();
  const std::string beyond = name_of(held) + ".*";
  for (const SubscriptionId id : {SubscriptionId{held}, SubscriptionId{0}}) {
    EXPECT_THROW(matcher_.put(id, "", {*Pattern::parse("name-0.*"), *Pattern::parse(beyond)}),
                 std::length_error);
  }
  MatcherImpl::of(matcher_).drain();
  EXPECT_EQ(matcher_.stats().subscriptions, before.subscriptions);
  EXPECT_EQ(matcher_.stats().index_bytes, before.index_bytes);
  EXPECT_TRUE(reader_.match(name_of(held) + ".x").empty());
  for (unsigned id = 0; id < held; ++id) {
    ASSERT_NO_FATAL_FAILURE(expect_only(id, name_of(id), ""));
  }
}

// guards I7, I8: a number is free for another text once its own is forgotten.
TEST_P(MatcherCollision, GivesNumbersOfForgottenTextsAgain) {
  for (unsigned round = 0; round < 4; ++round) {
    const unsigned first = round * kNames;
    for (unsigned id = first; id < first + kNames; ++id) {
      ASSERT_NO_FATAL_FAILURE(put(id, "", name_of(id) + ".**"));
    }
    for (unsigned id = first; id < first + kNames; ++id) {
      ASSERT_NO_FATAL_FAILURE(expect_only(id, name_of(id), ""));
      ASSERT_TRUE(reader_.match(name_of(id + kNames)).empty());
      ASSERT_TRUE(matcher_.remove(SubscriptionId{id}));
    }
    MatcherImpl::of(matcher_).drain();
  }
}

constexpr std::size_t kNoCache = 0;
constexpr std::size_t kCache = std::size_t{1} << 20U;

INSTANTIATE_TEST_SUITE_P(Masks, MatcherCollision,
                         testing::Values(CollisionCase{"OneHashUncached", kNoBits, kNoCache},
                                         CollisionCase{"OneHashCached", kNoBits, kCache},
                                         CollisionCase{"LowBitsUncached", kLowBits, kNoCache},
                                         CollisionCase{"LowBitsCached", kLowBits, kCache},
                                         CollisionCase{"HighBitsUncached", kHighBits, kNoCache},
                                         CollisionCase{"HighBitsCached", kHighBits, kCache}),
                         [](const testing::TestParamInfo<CollisionCase>& instance) {
                           return instance.param.label;
                         });

// Colliding names have a bound of their own.
TEST(MatcherCollisionBound, RefusesTheNameThatHasNoPlaceLeft) {
  Matcher matcher;
  MatcherImpl::of(matcher).force_collisions(kNoBits);
  Reader reader{matcher};
  const auto name_of = [](unsigned id) { return "name-" + std::to_string(id); };
  const auto put = [&](unsigned id) {
    matcher.put(SubscriptionId{id}, "", {*Pattern::parse(name_of(id))});
  };
  for (unsigned id = 0; id < 4'095; ++id) put(id);
  EXPECT_THROW(put(4'095), std::length_error);
  EXPECT_EQ(matcher.stats().subscriptions, 4'095U);
  EXPECT_TRUE(reader.match(name_of(4'095)).empty());
  for (unsigned id = 0; id < 4'095; id += 7) {
    const auto matched = reader.match(name_of(id));
    ASSERT_EQ(matched.size(), 1U);
    ASSERT_EQ(matched[0], SubscriptionId{id});
  }
}

}  // namespace
}  // namespace sluice
