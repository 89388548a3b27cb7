// The one-by-one check agrees with the vectors that the engine is held to, and with its oracle.
#include "domain/name_cover.hpp"

#include <gtest/gtest.h>

#include "support/oracle.hpp"
#include "support/random.hpp"
#include "support/random_names.hpp"
#include "support/vectors.hpp"

namespace sluice::domain {
namespace {

TEST(NameCover, AgreesWithTheVectors) {
  for (const testkit::MatchVector& vector : testkit::match_vectors()) {
    EXPECT_EQ(covers(*Pattern::parse(vector.pattern), vector.name), vector.is_match)
        << vector.pattern << " on " << vector.name << ": " << vector.why;
  }
}

TEST(NameCover, AgreesWithTheOracleOnRandomNames) {
  const std::uint64_t seed = testkit::test_seed();
  SCOPED_TRACE(testkit::seed_note(seed));
  testkit::Random random{seed};
  testkit::RandomNames names{random, {}};
  for (int i = 0; i < 5000; ++i) {
    const std::string pattern = names.pattern();
    const std::string name = names.name();
    EXPECT_EQ(covers(*Pattern::parse(pattern), name), testkit::covers(pattern, name))
        << pattern << " on " << name;
  }
}

TEST(NameCover, CoversNoMalformedName) {
  for (const char* name : {"", "a..b", ".", "a.", "a*", "*"}) {
    EXPECT_FALSE(covers(*Pattern::parse("*"), name)) << name;
    EXPECT_FALSE(covers(*Pattern::parse("**"), name)) << name;
  }
}

}  // namespace
}  // namespace sluice::domain
