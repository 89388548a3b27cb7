// The language-neutral match vectors, asked of the engine and of the oracle that judges it.
#include "support/vectors.hpp"

#include <gtest/gtest.h>

#include "sluice/matcher.hpp"
#include "support/oracle.hpp"

namespace sluice {
namespace {

using testkit::MatchVector;

bool engine_matches(const MatchVector& vector, ReaderOptions options) {
  Matcher matcher;
  const Result<Pattern> pattern = Pattern::parse(vector.pattern);
  if (!pattern) ADD_FAILURE() << vector.pattern << ": " << describe(pattern.error().code);
  matcher.put(SubscriptionId{1}, "", {*pattern});
  Reader reader{matcher, options};
  return !reader.match(vector.name).empty();
}

TEST(MatchVectors, AreMany) { EXPECT_GE(testkit::match_vectors().size(), 200U); }

TEST(MatchVectors, AreTrueOfTheOracle) {
  for (const MatchVector& vector : testkit::match_vectors()) {
    EXPECT_EQ(testkit::covers(vector.pattern, vector.name), vector.is_match)
        << vector.pattern << " on " << vector.name << ": " << vector.why;
  }
}

TEST(MatchVectors, AreTrueOfTheMatcherWithoutCache) {
  for (const MatchVector& vector : testkit::match_vectors()) {
    EXPECT_EQ(engine_matches(vector, {.cache_bytes = 0}), vector.is_match)
        << vector.pattern << " on " << vector.name << ": " << vector.why;
  }
}

TEST(MatchVectors, AreTrueOfTheMatcherWithCache) {
  for (const MatchVector& vector : testkit::match_vectors()) {
    EXPECT_EQ(engine_matches(vector, {.cache_bytes = std::size_t{64} << 10U}), vector.is_match)
        << vector.pattern << " on " << vector.name << ": " << vector.why;
  }
}

// All vectors in one Matcher: a pattern must not change what another one covers.
TEST(MatchVectors, AreTrueOfAllPatternsTogether) {
  const std::vector<MatchVector> vectors = testkit::match_vectors();
  Matcher matcher;
  testkit::Oracle oracle;
  for (std::size_t i = 0; i < vectors.size(); ++i) {
    const auto id = static_cast<SubscriptionId>(i);
    const std::vector<Pattern> patterns{*Pattern::parse(vectors[i].pattern)};
    matcher.put(id, "", patterns);
    oracle.put(id, "", patterns);
  }
  Reader reader{matcher};
  for (const MatchVector& vector : vectors) {
    EXPECT_EQ(testkit::sorted(reader.match(vector.name)), oracle.match(vector.name)) << vector.name;
  }
}

}  // namespace
}  // namespace sluice
