// One Reader's resolved names: what is found is what was put in under the same stamp and name, or
// nothing, however small the cache and however often it wraps around.
#include "resolved_cache.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <fstream>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "hash.hpp"
#include "support/random.hpp"

namespace sluice::internal {
namespace {

using Ids = std::vector<std::uint32_t>;
constexpr std::uint64_t kStamp = 7;
constexpr std::size_t kSmall = std::size_t{64} << 10U;

/// A cache whose caller is as careless as it may be: behind each name lie other bytes.
class CacheUnderTest {
 public:
  explicit CacheUnderTest(std::size_t bytes, std::uint64_t mask = ~std::uint64_t{0})
      : cache_(bytes), mask_(mask) {}

  void insert(const std::string& name, const Ids& ids, std::uint64_t stamp = kStamp) {
    const std::string padded = name + "BEHINDIT";
    cache_.insert(hash(padded, name.size(), stamp), stamp, padded.data(), name.size(), ids);
  }
  // A name enters when it is offered for a second time.
  void insert_surely(const std::string& name, const Ids& ids, std::uint64_t stamp = kStamp) {
    insert(name, ids, stamp);
    if (!has(name, stamp)) insert(name, ids, stamp);
  }
  bool has(const std::string& name, std::uint64_t stamp = kStamp) const {
    return find(name, stamp).ids != nullptr;
  }
  Ids ids(const std::string& name, std::uint64_t stamp = kStamp) const {
    const ResolvedCache::Found found = find(name, stamp);
    return found.ids == nullptr ? Ids{} : Ids(found.ids, found.ids + found.size);
  }

 private:
  std::uint64_t hash(const std::string& padded, std::size_t size, std::uint64_t stamp) const {
    return folded(hash_text(1, padded.data(), size) ^ stamp, 0x9E3779B97F4A7C15U) & mask_;
  }
  ResolvedCache::Found find(const std::string& name, std::uint64_t stamp) const {
    const std::string padded = name + "ANYTHING";
    return cache_.find(hash(padded, name.size(), stamp), stamp, padded.data(), name.size());
  }

  ResolvedCache cache_;
  std::uint64_t mask_;
};

// A sanitizer's heap does not use again what was freed.
#if !defined(SLUICE_UNDER_SANITIZER)
/// Bytes of this process that are in memory now.
std::size_t resident_bytes() {
  std::ifstream statm{"/proc/self/statm"};
  std::size_t all_pages = 0;
  std::size_t resident_pages = 0;
  statm >> all_pages >> resident_pages;
  return resident_pages * static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
}

// A heap that has had large blocks back would hand them out again, cleared.
TEST(ResolvedCache, CostsNothingBeforeItIsUsed) {
  constexpr std::size_t kLarge = std::size_t{24} << 20U;
  std::size_t before = 0;
  for (int i = 0; i < 3; ++i) {
    const std::vector<char> freed(kLarge, 'x');
    EXPECT_EQ(freed.back(), 'x');
    before = resident_bytes();
  }
  const ResolvedCache cache{kLarge};
  const std::vector<char> block(kLarge, 'x');
  EXPECT_EQ(block.back(), 'x');
  EXPECT_LT(resident_bytes(), before + kLarge / 4);
}
#endif

TEST(ResolvedCache, OfNoBytesIsOff) { EXPECT_FALSE(ResolvedCache{0}.is_on()); }

TEST(ResolvedCache, RemembersANameOfferedTwice) {
  CacheUnderTest cache{kSmall};
  cache.insert("order.created", {1, 2, 3});
  EXPECT_FALSE(cache.has("order.created"));
  cache.insert("order.created", {1, 2, 3});
  EXPECT_EQ(cache.ids("order.created"), (Ids{1, 2, 3}));
}

TEST(ResolvedCache, RemembersThatANameReachesNobody) {
  CacheUnderTest cache{kSmall};
  cache.insert_surely("order.created", {});
  EXPECT_TRUE(cache.has("order.created"));
  EXPECT_EQ(cache.ids("order.created"), Ids{});
}

// guards G2: an answer of an older state is not found under the new stamp.
TEST(ResolvedCache, KnowsNothingUnderAnotherStamp) {
  CacheUnderTest cache{kSmall};
  cache.insert_surely("order.created", {1});
  EXPECT_FALSE(cache.has("order.created", kStamp + 1));
  cache.insert_surely("order.created", {2}, kStamp + 1);
  EXPECT_EQ(cache.ids("order.created", kStamp + 1), Ids{2});
}

TEST(ResolvedCache, TellsNamesAndStampsOfOneHashApart) {
  CacheUnderTest cache{kSmall, 0};
  cache.insert_surely("order.created", {1});
  EXPECT_FALSE(cache.has("order.creates"));
  EXPECT_FALSE(cache.has("order.create"));
  EXPECT_FALSE(cache.has("order.created", kStamp + 1));
  cache.insert_surely("order.creates", {2});
  EXPECT_EQ(cache.ids("order.created"), Ids{1});
  EXPECT_EQ(cache.ids("order.creates"), Ids{2});
}

TEST(ResolvedCache, LeavesOutAResultThatWouldPushOutEverything) {
  CacheUnderTest cache{kSmall};
  cache.insert_surely("small", {1});
  cache.insert_surely("large", Ids(kSmall / 4, 9));
  EXPECT_FALSE(cache.has("large"));
  EXPECT_TRUE(cache.has("small"));
}

class ResolvedCacheModel : public testing::TestWithParam<std::size_t> {};

// Wraps around the ring hundreds of times; names of all sizes, results of many.
TEST_P(ResolvedCacheModel, NeverAnswersWhatWasNotPutIn) {
  const std::uint64_t seed = testkit::test_seed();
  SCOPED_TRACE(testkit::seed_note(seed));
  testkit::Random random{seed};
  CacheUnderTest cache{GetParam()};
  std::map<std::pair<std::string, std::uint64_t>, Ids> put;
  std::size_t found = 0;
  for (std::uint32_t turn = 0; turn < 60'000; ++turn) {
    // The bytes of a name say its length too, so that equal prefixes are common.
    const std::string name(random.between(1, 40), static_cast<char>('a' + random.below(8)));
    const std::uint64_t stamp = random.is_one_in(5) ? 2 : 1;
    if (cache.has(name, stamp)) {
      ASSERT_EQ(cache.ids(name, stamp), (put[{name, stamp}])) << name << ", turn " << turn;
      ++found;
    } else {
      const Ids ids(random.below(12), turn);
      cache.insert(name, ids, stamp);
      if (cache.has(name, stamp)) put[{name, stamp}] = ids;
    }
  }
  EXPECT_GT(found, 0U);
}

INSTANTIATE_TEST_SUITE_P(Bytes, ResolvedCacheModel,
                         testing::Values(std::size_t{1}, std::size_t{4'096}, std::size_t{6'000},
                                         std::size_t{16'384}, std::size_t{1} << 20U),
                         testing::PrintToStringParamName());

TEST(ResolvedCache, ForgetsTheOldestFirst) {
  CacheUnderTest cache{kSmall};
  for (std::uint32_t i = 0; i < 5'000; ++i) cache.insert_surely("name" + std::to_string(i), {i});
  EXPECT_FALSE(cache.has("name0"));
  std::size_t recent = 0;
  for (std::uint32_t i = 4'800; i < 5'000; ++i) recent += cache.has("name" + std::to_string(i));
  EXPECT_GE(recent, 150U);
}

}  // namespace
}  // namespace sluice::internal
