// Matcher and Reader against the oracle: random changes of whole webhooks in several scopes, and
// after each of them random names, over so few segments that nearly everything collides.
#include <gtest/gtest.h>

#include <array>
#include <string>
#include <vector>

#include "sluice/matcher.hpp"
#include "support/oracle.hpp"
#include "support/random.hpp"
#include "support/random_names.hpp"

namespace sluice {
namespace {

using testkit::Oracle;
using testkit::Random;
using testkit::RandomNames;

struct ModelCase {
  const char* label;
  testkit::NameShape shape;
  std::size_t webhooks;
  std::size_t cache_bytes;
};

constexpr std::array<std::string_view, 3> kScopes{"", "acme", "other"};
constexpr std::size_t kBatch = 37;  // not a multiple of any interleaving

/// One Matcher, one Reader and their oracle, driven by one seed.
class Model {
 public:
  Model(const ModelCase& model_case, std::uint64_t seed)
      : random_(seed),
        names_(random_, model_case.shape),
        webhooks_(model_case.webhooks),
        reader_(matcher_, {.cache_bytes = model_case.cache_bytes}) {}

  // One webhook is put, replaced, moved to another scope or removed.
  void change() {
    const auto id = static_cast<SubscriptionId>(random_.below(webhooks_));
    if (random_.is_one_in(3)) {
      ASSERT_EQ(matcher_.remove(id), oracle_.remove(id));
      return;
    }
    const std::string_view scope = random_.pick(std::span<const std::string_view>{kScopes});
    const std::vector<std::string> texts = names_.patterns(4);
    std::vector<Pattern> patterns;
    for (const std::string& text : texts) patterns.push_back(*Pattern::parse(text));
    ASSERT_EQ(matcher_.put(id, scope, patterns), oracle_.put(id, scope, patterns));
  }

  void check_one() {
    draw(1);
    const Query& query = queries_.front();
    ASSERT_EQ(testkit::sorted(reader_.match(query.name, query.scope)),
              oracle_.match(query.name, query.scope))
        << query.name << " in '" << query.scope << "'";
  }

  void check_batch() {
    draw(kBatch);
    const MatchedBatch& matched = reader_.match(queries_);
    ASSERT_EQ(matched.size(), queries_.size());
    for (std::size_t i = 0; i < queries_.size(); ++i) {
      const Query& query = queries_[i];
      ASSERT_EQ(testkit::sorted(matched[i]), oracle_.match(query.name, query.scope))
          << query.name << " in '" << query.scope << "', number " << i << " of the batch";
    }
  }

  void check_size() { ASSERT_EQ(matcher_.stats().subscriptions, oracle_.size()); }

 private:
  // Draws the first `count` queries; one name in twenty is malformed.
  void draw(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      texts_[i] = names_.name();
      if (random_.is_one_in(20)) texts_[i] += "..x";
      queries_[i] = {texts_[i], random_.pick(std::span<const std::string_view>{kScopes})};
    }
  }

  Random random_;
  RandomNames names_;
  std::size_t webhooks_;
  Oracle oracle_;
  Matcher matcher_;
  Reader reader_;
  std::array<std::string, kBatch> texts_;
  std::array<Query, kBatch> queries_;
};

class MatcherModel : public testing::TestWithParam<ModelCase> {};

// guards G2, G4: a change is seen by the next match, and no id is reported twice.
TEST_P(MatcherModel, AnswersAsTheOracleWhileItChanges) {
  constexpr std::size_t kAnswers = 130'000;  // eight cases: a million in all
  const std::uint64_t seed = testkit::test_seed();
  SCOPED_TRACE(testkit::seed_note(seed));
  Model model{GetParam(), seed};
  for (std::size_t answers = 0; answers < kAnswers; answers += kBatch + 1) {
    for (int changes = 0; changes < 3; ++changes) ASSERT_NO_FATAL_FAILURE(model.change());
    ASSERT_NO_FATAL_FAILURE(model.check_one());
    ASSERT_NO_FATAL_FAILURE(model.check_batch());
    ASSERT_NO_FATAL_FAILURE(model.check_size());
  }
}

constexpr std::size_t kNoCache = 0;
constexpr std::size_t kCache = std::size_t{1} << 20U;
constexpr std::size_t kTinyCache = std::size_t{4} << 10U;  // evicts all the time

INSTANTIATE_TEST_SUITE_P(
    Shapes, MatcherModel,
    testing::Values(
        ModelCase{"FewSegmentsWithoutCache", {}, 24, kNoCache},
        ModelCase{"FewSegmentsWithCache", {}, 24, kCache},
        ModelCase{"FewSegmentsWithTinyCache", {}, 24, kTinyCache},
        ModelCase{"DeepWithoutCache", {.alphabet = 2, .max_segments = 16}, 16, kNoCache},
        ModelCase{"DeepWithCache", {.alphabet = 2, .max_segments = 16}, 16, kCache},
        ModelCase{
            "TailsEverywhere", {.alphabet = 1, .max_segments = 16, .tail_one_in = 2}, 16, kNoCache},
        ModelCase{"WideWithoutCache",
                  {.alphabet = 200, .max_segments = 2, .star_one_in = 9, .tail_one_in = 50},
                  200,
                  kNoCache},
        ModelCase{"WideWithCache",
                  {.alphabet = 200, .max_segments = 2, .star_one_in = 9, .tail_one_in = 50},
                  200,
                  kCache}),
    [](const testing::TestParamInfo<ModelCase>& instance) { return instance.param.label; });

}  // namespace
}  // namespace sluice
