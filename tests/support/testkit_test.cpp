#include <gtest/gtest.h>

#include <fstream>
#include <set>

#include "support/naive_grammar.hpp"
#include "support/oracle.hpp"
#include "support/random_names.hpp"
#include "support/workload.hpp"

namespace sluice::testkit {
namespace {

using Ids = std::vector<SubscriptionId>;
using Texts = std::vector<std::string>;

constexpr SubscriptionId kOne{1};
constexpr SubscriptionId kTwo{2};

TEST(Covers, StarIsExactlyOneSegment) {
  EXPECT_TRUE(covers("a.*.c", "a.b.c"));
  EXPECT_FALSE(covers("a.*.c", "a.c"));
  EXPECT_FALSE(covers("a.*.c", "a.b.b.c"));
}

TEST(Covers, DoubleStarIsAnyNumberOfSegments) {
  EXPECT_TRUE(covers("a.**.c", "a.c"));
  EXPECT_TRUE(covers("a.**.c", "a.b.b.c"));
  EXPECT_FALSE(covers("a.**.c", "a.b.b"));
}

TEST(Covers, AloneStarIsEveryName) { EXPECT_TRUE(covers("*", "a.b.c")); }

TEST(Covers, NothingMalformed) {
  EXPECT_FALSE(covers("**", "a..b"));
  EXPECT_FALSE(covers("a..b", "a.b"));
}

TEST(Oracle, ReportsAWebhookOnce) {
  Oracle oracle;
  oracle.put(kOne, "", Texts{"a.*", "**", "a.b"});
  EXPECT_EQ(oracle.match("a.b"), Ids{kOne});
}

TEST(Oracle, KeepsScopesApart) {
  Oracle oracle;
  oracle.put(kOne, "acme", Texts{"**"});
  oracle.put(kTwo, "other", Texts{"**"});
  EXPECT_EQ(oracle.match("a.b", "other"), Ids{kTwo});
  EXPECT_EQ(oracle.match("a.b"), Ids{});
}

TEST(Oracle, ReplacesAllThatAnIdHeld) {
  Oracle oracle;
  EXPECT_TRUE(oracle.put(kOne, "acme", Texts{"a"}));
  EXPECT_FALSE(oracle.put(kOne, "other", Texts{"b"}));
  EXPECT_EQ(oracle.match("a", "acme"), Ids{});
  EXPECT_EQ(oracle.match("b", "other"), Ids{kOne});
}

TEST(Oracle, PutOfNoPatternsRemoves) {
  Oracle oracle;
  oracle.put(kOne, "", Texts{"a"});
  EXPECT_FALSE(oracle.put(kOne, "", Texts{}));
  EXPECT_EQ(oracle.match("a"), Ids{});
  EXPECT_FALSE(oracle.remove(kOne));
}

TEST(RandomNames, AreWellFormed) {
  Random random{7};
  RandomNames names{random, {.alphabet = 60, .max_segments = 16}};
  for (int i = 0; i < 1000; ++i) {
    const std::string name = names.name();
    const std::string pattern = names.pattern();
    ASSERT_TRUE(is_event_name(name)) << name;
    ASSERT_TRUE(is_pattern(pattern)) << pattern;
  }
}

TEST(RandomNames, Collide) {
  Random random{7};
  RandomNames names{random, {}};
  std::size_t covered = 0;
  for (int i = 0; i < 1000; ++i) covered += covers(names.pattern(), names.name()) ? 1U : 0U;
  EXPECT_GT(covered, 100U);
  EXPECT_LT(covered, 900U);
}

TEST(RandomNames, UseTheWholeAlphabet) {
  Random random{7};
  RandomNames names{random, {.alphabet = 60, .max_segments = 1}};
  std::set<std::string> seen;
  for (int i = 0; i < 10'000; ++i) seen.insert(names.name());
  EXPECT_EQ(seen.size(), 60U);
}

class WorkloadFileTest : public testing::Test {
 protected:
  std::filesystem::path write(std::string_view text) {
    const std::filesystem::path path =
        std::filesystem::path{testing::TempDir()} /
        (std::string{testing::UnitTest::GetInstance()->current_test_info()->name()} + ".subs");
    std::ofstream{path} << text;
    return path;
  }
};

TEST_F(WorkloadFileTest, HoldsOneTextALine) {
  const WorkloadFile file{write("a.b\nc.*\nlast")};
  EXPECT_EQ(Texts(file.begin(), file.end()), (Texts{"a.b", "c.*", "last"}));
}

TEST_F(WorkloadFileTest, NamesTheLineOfABadPattern) {
  const WorkloadFile file{write("a.b\nc.x*\n")};
  try {
    (void)file.patterns();
    FAIL() << "c.x* passed";
  } catch (const std::runtime_error& error) {
    EXPECT_NE(std::string{error.what()}.find(":2:4: "), std::string::npos) << error.what();
  }
}

TEST_F(WorkloadFileTest, SaysWhichFileIsMissing) {
  EXPECT_THROW(WorkloadFile{"no/such.file"}, std::runtime_error);
}

TEST(SplitScope, CutsAtTheFirstDot) {
  EXPECT_EQ(split_scope("o1.a.b").scope, "o1");
  EXPECT_EQ(split_scope("o1.a.b").text, "a.b");
}

}  // namespace
}  // namespace sluice::testkit
