// Patterns with `**` in the middle, on names that they can cover in thousands of ways: right answers
// in bounded work.
#include <gtest/gtest.h>

#include <ctime>
#include <string>
#include <vector>

#include "sluice/matcher.hpp"
#include "support/oracle.hpp"
#include "support/random.hpp"

namespace sluice {
namespace {

std::string repeated(std::string_view segment, std::size_t count) {
  std::string text{segment};
  for (std::size_t i = 1; i < count; ++i) text.append(".").append(segment);
  return text;
}

// Every pattern of up to 16 segments over `tokens`, drawn at random, each for its own id.
class Globstar : public testing::Test {
 protected:
  void put(const std::string& text) {
    const auto id = static_cast<SubscriptionId>(texts_.size());
    texts_.push_back(text);
    matcher_.put(id, "", {*Pattern::parse(text)});
  }

  // The answer, by a dynamic program over each pattern and the name.
  void check(const std::string& name) {
    std::vector<SubscriptionId> wanted;
    for (std::size_t id = 0; id < texts_.size(); ++id) {
      if (testkit::covers(texts_[id], name)) wanted.push_back(static_cast<SubscriptionId>(id));
    }
    ASSERT_EQ(testkit::sorted(reader_.match(name)), wanted) << name;
  }

  Matcher matcher_;
  Reader reader_{matcher_, {.cache_bytes = 0}};
  std::vector<std::string> texts_;
};

TEST_F(Globstar, CoversHostileNamesRightly) {
  for (std::size_t stars = 1; stars <= 8; ++stars) {
    const std::string hostile = repeated("**.a", stars);
    for (const char* end : {"", ".**", ".b", ".*", ".**.b", ".*.**"}) {
      if (testkit::split_segments(hostile + end).size() <= 16) put(hostile + end);
    }
  }
  for (std::size_t length = 1; length <= 16; ++length) {
    ASSERT_NO_FATAL_FAILURE(check(repeated("a", length)));
    if (length > 1) {
      ASSERT_NO_FATAL_FAILURE(check(repeated("a", length - 1) + ".b"));
    }
  }
}

// guards I10: each event meets each node once, and no id twice.
TEST_F(Globstar, CoversRandomNamesRightly) {
  const std::uint64_t seed = testkit::test_seed();
  SCOPED_TRACE(testkit::seed_note(seed));
  testkit::Random random{seed};
  constexpr std::string_view kTokens[] = {"a", "b", "*", "**", "**"};
  const auto draw = [&](std::size_t tokens) {
    std::string text{kTokens[random.below(tokens)]};
    for (std::size_t left = random.below(16); left > 0; --left) {
      text.append(".").append(kTokens[random.below(tokens)]);
    }
    return text;
  };
  for (int i = 0; i < 400; ++i) put(draw(5));
  for (int i = 0; i < 400; ++i) ASSERT_NO_FATAL_FAILURE(check(draw(2)));
}

// All `**.x.**.x...` with x an `a` or a `*`: a name of sixteen a goes through their trie in 2 million
// ways, which would take 10 s here, and meets a node and a segment 9,000 times, which takes 50 ms.
TEST_F(Globstar, BoundsTheWorkOfHostilePatterns) {
  constexpr unsigned kDepth = 7;
  for (unsigned stars = 0; stars < 1U << kDepth; ++stars) {
    std::string text = "**";
    for (unsigned at = 0; at < kDepth; ++at) {
      text += ((stars >> at) & 1U) != 0 ? ".*.**" : ".a.**";
    }
    put(text);
  }
  const std::string name = repeated("a", 16);
  ASSERT_NO_FATAL_FAILURE(check(name));
  const std::clock_t begin = std::clock();
  std::size_t ids = 0;
  for (int i = 0; i < 200; ++i) ids += reader_.match(name).size();
  const std::clock_t taken = std::clock() - begin;  // processor time
  EXPECT_EQ(ids, 200U << kDepth);
  EXPECT_LT(taken, 5 * CLOCKS_PER_SEC);
}

}  // namespace
}  // namespace sluice
