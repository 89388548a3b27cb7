// Whatever was added and removed again, the index is as small as before, and what awaits release
// stays bounded.
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "matcher_impl.hpp"
#include "support/random.hpp"

namespace sluice {
namespace {

using internal::MatcherImpl;
using testkit::Random;

#if defined(SLUICE_UNDER_SANITIZER)
constexpr unsigned kChanges = 20'000;
constexpr unsigned kRandomChanges = 20'000;
constexpr unsigned kSubscribers = 3'000;
#else
constexpr unsigned kChanges = 300'000;
constexpr unsigned kRandomChanges = 1'000'000;
constexpr unsigned kSubscribers = 20'000;
#endif

class MatcherMemory : public testing::Test {
 protected:
  bool put(unsigned id, const std::string& pattern, std::string_view scope = {}) {
    return matcher_.put(SubscriptionId{id}, scope, {*Pattern::parse(pattern)});
  }
  void remove(unsigned id) { ASSERT_TRUE(matcher_.remove(SubscriptionId{id})) << id; }

  void expect_empty() {
    MatcherImpl::of(matcher_).drain();
    const MatcherStats stats = matcher_.stats();
    EXPECT_EQ(stats.index_bytes, empty_bytes_);
    EXPECT_EQ(stats.pending_bytes, 0U);
    EXPECT_EQ(stats.subscriptions, 0U);
  }

  Matcher matcher_;
  Reader reader_{matcher_, {.cache_bytes = 0}};
  const std::size_t empty_bytes_ = matcher_.stats().index_bytes;
};

// Half of the segments are a few that everybody uses, half are hardly ever seen again.
std::string random_pattern(Random& random) {
  std::string text;
  for (std::size_t left = random.between(1, 5); left > 0; --left) {
    if (!text.empty()) text += '.';
    if (random.is_one_in(12)) {
      text += "**";
    } else if (random.is_one_in(6)) {
      text += '*';
    } else if (random.is_one_in(2)) {
      text += static_cast<char>('a' + random.below(8));
    } else {
      text += std::to_string(random.next() >> 32U);
    }
  }
  return text;
}

// guards G5, I8: many adds and removes of random patterns, segments and scopes.
TEST_F(MatcherMemory, ReturnsToEmptyAfterRandomChanges) {
  constexpr unsigned kIds = 4'096;
  const std::uint64_t seed = testkit::test_seed();
  SCOPED_TRACE(testkit::seed_note(seed));
  Random random{seed};
  std::size_t largest = 0;
  for (unsigned change = 0; change < kRandomChanges; ++change) {
    const auto id = static_cast<unsigned>(random.below(kIds));
    if (random.is_one_in(2)) {
      matcher_.remove(SubscriptionId{id});
    } else {
      put(id, random_pattern(random), "scope" + std::to_string(random.below(500)));
    }
    if (change % 1'024 == 0) largest = std::max(largest, matcher_.stats().index_bytes);
  }
  EXPECT_GT(largest, empty_bytes_ + 100'000);
  for (unsigned id = 0; id < kIds; ++id) matcher_.remove(SubscriptionId{id});
  expect_empty();
}

struct WideCase {
  const char* label;
  const char* last;  // of each pattern: a wildcard puts it into the trie
  unsigned children;
};

class MatcherMemoryWide : public MatcherMemory, public testing::WithParamInterface<WideCase> {};

// guards I5: children and names that are many lie on Branches, which come and go with them.
TEST_P(MatcherMemoryWide, TakesManyChildrenAndReturnsToEmpty) {
  const unsigned children = GetParam().children;
  const auto start_of = [](unsigned child) { return "wide.c" + std::to_string(child) + "."; };
  const auto pattern_of = [&](unsigned child) { return start_of(child) + GetParam().last; };
  const auto expect_children = [&](unsigned step) {
    for (unsigned child = 0; child < children; ++child) {
      const auto matched = reader_.match(start_of(child) + "end");
      ASSERT_EQ(matched.size(), child % step == 0 ? 1U : 0U) << child;
      ASSERT_TRUE(matched.empty() || matched[0] == SubscriptionId{child}) << child;
    }
  };
  for (unsigned child = 0; child < children; ++child) put(child, pattern_of(child));
  ASSERT_NO_FATAL_FAILURE(expect_children(1));
  for (unsigned child = 0; child < children; ++child) {
    if (child % 16 != 0) remove(child);
  }
  ASSERT_NO_FATAL_FAILURE(expect_children(16));
  for (unsigned child = 0; child < children; ++child) put(child, pattern_of(child));
  ASSERT_NO_FATAL_FAILURE(expect_children(1));
  for (unsigned child = 0; child < children; ++child) remove(child);
  expect_empty();
}

INSTANTIATE_TEST_SUITE_P(
    Children, MatcherMemoryWide,
    testing::Values(WideCase{"Trie255", "*", 255}, WideCase{"Trie257", "*", 257},
                    WideCase{"Trie1000", "*", 1'000}, WideCase{"Trie5000", "*", 5'000},
                    WideCase{"Names5000", "end", 5'000}),
    [](const testing::TestParamInfo<WideCase>& instance) { return instance.param.label; });

TEST_F(MatcherMemory, TakesManySubscribersAndReturnsToEmpty) {
  const auto size = [&] { return reader_.match("same.pattern").size(); };
  for (unsigned id = 0; id < kSubscribers; ++id) {
    // Every third one has a second pattern, and so lies in another list.
    if (id % 3 == 0) {
      matcher_.put(SubscriptionId{id}, "",
                   {*Pattern::parse("same.pattern"), *Pattern::parse("same.*")});
    } else {
      put(id, "same.pattern");
    }
    if (id % 997 == 0) {
      ASSERT_EQ(size(), id + 1);
    }
  }
  const auto matched = reader_.match("same.pattern");
  std::vector<SubscriptionId> ids(matched.begin(), matched.end());
  std::sort(ids.begin(), ids.end());
  ASSERT_EQ(ids.size(), kSubscribers);
  for (unsigned id = 0; id < kSubscribers; ++id) ASSERT_EQ(ids[id], SubscriptionId{id});
  for (unsigned id = 0; id < kSubscribers; ++id) {
    remove(id);
    if (id % 997 == 0) {
      ASSERT_EQ(size(), kSubscribers - id - 1);
    }
  }
  expect_empty();
}

// guards G5: what awaits release is bounded, also when one webhook is replaced all the time, whose
// every version leaves its entries at the same node.
TEST_F(MatcherMemory, BoundsWhatAwaitsRelease) {
  constexpr std::size_t kBound = 2 * internal::Reclaimer::kPendingLimit;
  for (unsigned id = 1; id < 100; ++id) put(id, "hammered.*");
  std::size_t largest = 0;
  for (unsigned change = 0; change < kChanges / 6; ++change) {
    put(0, change % 2 == 0 ? "hammered.*" : "hammered.**");
    largest = std::max(largest, matcher_.stats().pending_bytes);
  }
  EXPECT_LE(largest, kBound);
  for (unsigned id = 0; id < 100; ++id) remove(id);
  expect_empty();
}

// guards I8: a segment that comes and goes does not use numbers up, of which 252 texts share a few
// bits, faster than they come back.
TEST_F(MatcherMemory, TakesASegmentThatComesAndGoesAllTheTime) {
  for (unsigned change = 0; change < kChanges / 8; ++change) {
    ASSERT_TRUE(put(0, "comes.and.goes", "scope"));
    remove(0);
  }
  expect_empty();
}

// What is still there, or still awaits release, goes with its Matcher: a leak shows under ASan.
TEST(MatcherEnd, TakesEverythingWithIt) {
  auto matcher = std::make_unique<Matcher>();
  Random random{5};
  for (unsigned change = 0; change < kChanges / 20; ++change) {
    const std::string text = random_pattern(random);
    const auto id = static_cast<SubscriptionId>(random.below(2'000));
    matcher->put(id, std::to_string(random.below(9)), {*Pattern::parse(text), Pattern{}});
  }
  EXPECT_GT(matcher->stats().subscriptions, 0U);
  matcher.reset();
}

}  // namespace
}  // namespace sluice
