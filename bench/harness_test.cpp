// The benchmarks refuse what they cannot believe: a wrong matcher, a build without optimisation.
// And the baselines that they compare with, one of which is the reference, answer as the oracle
// does.
#include <benchmark/benchmark.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <vector>

#include "bench/baselines/linear_scan.hpp"
#include "bench/build_facts.hpp"
#include "bench/subject.hpp"
#include "support/oracle.hpp"
#include "support/random.hpp"
#include "support/random_names.hpp"

namespace sluice::bench {
namespace {

enum class Lie {
  none,
  drops_an_id,
  repeats_an_id,
  swaps_an_id,        // the number of ids is right
  lies_in_one_event,  // the last of all
  lies_while_timed,   // every answer of the check is right
};

/// A linear scan that is right about all but one thing.
class LyingWalk {
 public:
  LyingWalk(const LinearScan& scan, Lie lie) : scan_{scan}, lie_{lie} {}

  template <class Sink>
  void each(std::span<const Query> events, Sink sink) {
    ++calls_;
    for (std::size_t i = 0; i < events.size(); ++i) {
      ids_.clear();
      scan_.match(events[i].name, ids_);
      if (!ids_.empty()) distort(i + 1 == events.size());
      sink(i, std::span<const SubscriptionId>{ids_});
    }
  }

 private:
  void distort(bool is_last) {
    if (lie_ == Lie::drops_an_id) ids_.pop_back();
    if (lie_ == Lie::repeats_an_id) ids_.push_back(ids_.front());
    if (lie_ == Lie::swaps_an_id) ids_.back() = SubscriptionId{999};
    if (lie_ == Lie::lies_in_one_event && is_last) ids_.pop_back();
    if (lie_ == Lie::lies_while_timed && calls_ > 1) ids_.pop_back();
  }

  const LinearScan& scan_;
  const Lie lie_;
  int calls_ = 0;
  std::vector<SubscriptionId> ids_;
};

class Liar final : public Contestant {
 public:
  explicit Liar(Lie lie) : lie_{lie} {}
  void add(SubscriptionId id, const Subscription& subscription) override {
    scan_.add(id, subscription.pattern);
  }
  void remove(SubscriptionId id, const Subscription& subscription) override {
    scan_.remove(id, subscription.pattern);
  }
  std::unique_ptr<Session> open(const SessionOptions&) override {
    return std::make_unique<SessionOf<LyingWalk>>(scan_, lie_);
  }
  std::size_t index_bytes() const override { return scan_.index_bytes(); }

 private:
  LinearScan scan_;
  const Lie lie_;
};

class ErrorCollector final : public benchmark::BenchmarkReporter {
 public:
  bool ReportContext(const Context&) override { return true; }
  void ReportRuns(const std::vector<Run>& runs) override {
    for (const Run& run : runs) {
      ++runs_;
      if (run.error_occurred) error_ = run.error_message;
    }
  }
  std::string error_;
  int runs_ = 0;
};

/// What the harness says of such a matcher; nothing if it times it.
std::string refusal_of(Lie lie) {
  const auto workload = std::make_shared<const Workload>(
      "order.created\norder.*\ninvoice.**\n", "order.created\norder.paid\ninvoice.sent\n", false);
  Subject subject{std::make_unique<Liar>(lie), workload,
                  std::make_shared<const ExpectedAnswers>(*workload)};
  benchmark::ClearRegisteredBenchmarks();
  benchmark::RegisterBenchmark("Liar", [&](benchmark::State& state) {
    time_matching(state, subject, {}, 3);
  })->Iterations(2);
  ErrorCollector reporter;
  benchmark::RunSpecifiedBenchmarks(&reporter, "Liar");
  benchmark::ClearRegisteredBenchmarks();
  EXPECT_EQ(reporter.runs_, 1);
  return reporter.error_;
}

TEST(BenchHarness, TimesARightMatcher) { EXPECT_EQ(refusal_of(Lie::none), ""); }

TEST(BenchHarness, RefusesAMatcherThatDropsAnId) {
  EXPECT_EQ(refusal_of(Lie::drops_an_id),
            "wrong answer for 'order.created' in scope '': 1 hits, expected 2");
}

TEST(BenchHarness, RefusesAMatcherThatRepeatsAnId) {
  EXPECT_NE(refusal_of(Lie::repeats_an_id).find("3 hits, expected 2"), std::string::npos);
}

TEST(BenchHarness, RefusesAMatcherThatGivesAnotherIdInstead) {
  EXPECT_NE(refusal_of(Lie::swaps_an_id).find("wrong answer"), std::string::npos);
}

TEST(BenchHarness, RefusesAMatcherThatIsWrongAboutTheLastEventOnly) {
  EXPECT_NE(refusal_of(Lie::lies_in_one_event).find("'invoice.sent'"), std::string::npos);
}

TEST(BenchHarness, RefusesATimingWhoseAnswersDifferFromTheCheck) {
  EXPECT_EQ(refusal_of(Lie::lies_while_timed), "the answers changed while they were timed");
}

TEST(BenchHarness, RefusesABuildWithoutOptimisation) {
#if defined(__OPTIMIZE__) && defined(NDEBUG)
  EXPECT_EQ(build_problem(), std::nullopt);
#else
  EXPECT_NE(build_problem(), std::nullopt);
#endif
}

std::string lines(const std::vector<std::string>& texts) {
  std::string joined;
  for (const std::string& text : texts) {
    joined += text;
    joined += '\n';
  }
  return joined;
}

/// Random subscriptions and names over few letters, loaded into an engine and the oracle.
class BaselineTest : public ::testing::TestWithParam<const char*> {};

TEST_P(BaselineTest, AnswersAsTheOracleDoes) {
  const std::uint64_t seed = testkit::test_seed();
  SCOPED_TRACE(testkit::seed_note(seed));
  testkit::Random random{seed};
  testkit::RandomNames names{random, {.alphabet = 2, .max_segments = 5}};
  for (int round = 0; round < 20; ++round) {
    std::vector<std::string> patterns{"*"};
    std::vector<std::string> events;
    for (int i = 0; i < 50; ++i) patterns.push_back(names.pattern());
    for (int i = 0; i < 100; ++i) events.push_back(names.name());
    const Workload workload{lines(patterns), lines(events), false};
    testkit::Oracle oracle;
    for (std::uint32_t id = 0; id < patterns.size(); ++id)
      oracle.put(SubscriptionId{id}, {}, std::span<const std::string>{&patterns[id], 1});
    const auto contestant = make_contestant(GetParam());
    load(*contestant, workload);
    std::vector<AnswerDigest> answers;
    contestant->open({})->digest(workload.events(), answers);
    for (std::size_t i = 0; i < events.size(); ++i)
      ASSERT_EQ(answers[i], digest_of(oracle.match(events[i]))) << events[i];
  }
}

#ifdef SLUICE_HAS_HYPERSCAN
INSTANTIATE_TEST_SUITE_P(Hyperscan, BaselineTest, ::testing::Values("hyperscan"));
#endif
INSTANTIATE_TEST_SUITE_P(Engines, BaselineTest,
                         ::testing::Values("linear_scan", "mask_tables", "locked_trie",
                                           "frozen_trie", "re2_set", "sluice"),
                         [](const auto& tested) { return std::string{tested.param}; });

class ChangingBaselineTest : public ::testing::TestWithParam<const char*> {};

TEST_P(ChangingBaselineTest, ForgetsWhatIsRemovedAndNothingElse) {
  const Workload workload{"a.b\na.b\na.*\n**\n", "a.b\na.c\n", false};
  const auto contestant = make_contestant(GetParam());
  load(*contestant, workload);
  contestant->remove(SubscriptionId{1}, workload.subscriptions()[1]);
  contestant->remove(SubscriptionId{2}, workload.subscriptions()[2]);
  std::vector<AnswerDigest> answers;
  contestant->open({})->digest(workload.events(), answers);
  const std::array both{SubscriptionId{0}, SubscriptionId{3}};
  const std::array every_event{SubscriptionId{3}};
  EXPECT_EQ(answers[0], digest_of(both));
  EXPECT_EQ(answers[1], digest_of(every_event));
}

INSTANTIATE_TEST_SUITE_P(Engines, ChangingBaselineTest,
                         ::testing::Values("linear_scan", "mask_tables", "locked_trie", "sluice"),
                         [](const auto& tested) { return std::string{tested.param}; });

TEST(Workload, TakesTheFirstSegmentOffAsTheScope) {
  const Workload workload{"acme.order.*\n", "acme.order.paid\n", true};
  EXPECT_EQ(workload.subscriptions()[0].scope, "acme");
  EXPECT_EQ(workload.subscriptions()[0].pattern.text(), "order.*");
  EXPECT_EQ(workload.events()[0].name, "order.paid");
}

TEST(Workload, RefusesALineThatIsNoPattern) {
  EXPECT_THROW((Workload{"a.b*\n", "a.b\n", false}), std::runtime_error);
}

}  // namespace
}  // namespace sluice::bench
