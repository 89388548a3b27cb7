// Two readers and two writers at once, judged by history (race_history.hpp).
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <optional>
#include <thread>

#include "matcher_impl.hpp"
#include "race_workload.hpp"

namespace sluice::race {
namespace {

#if defined(SLUICE_UNDER_SANITIZER)
constexpr std::size_t kAnswers = 20'000;  // of one reader
constexpr int kMoves = 60;
#else
constexpr std::size_t kAnswers = 150'000;
constexpr int kMoves = 200;
#endif
constexpr unsigned kIds = 20;  // 0 to 7 are the first writer's, 8 to 15 the second's, 16.. of both
constexpr std::size_t kNoCache = 0;
constexpr std::size_t kCache = std::size_t{1} << 20U;
constexpr std::size_t kTinyCache = std::size_t{4} << 10U;

unsigned draw_id(unsigned writer, testkit::Random& random) {
  const auto drawn = static_cast<unsigned>(random.below(12));
  return drawn < 8 ? writer * 8 + drawn : 8 + drawn;
}

// Writers give the processor away in the middle of a change, now and then: with two processors the
// others would otherwise hardly ever meet one half done.
void yield_now_and_then(void*, const char*) {
  thread_local testkit::Random random{std::hash<std::thread::id>{}(std::this_thread::get_id())};
  if (random.is_one_in(8)) std::this_thread::yield();
}

// Answers of an empty text: the judge is content.
std::string first_complaint(const History& history, const std::vector<Answer>& answers) {
  for (const Answer& answer : answers) {
    if (std::string verdict = history.verdict(answer); !verdict.empty()) return verdict;
  }
  return {};
}

TEST(RaceHistory, AcceptsWhatIsSerial) {
  const Workload workload;
  Matcher matcher;
  Clock clock;
  testkit::Random random{3};
  History history{kIds, 2};
  Asker asker{workload, matcher, clock, {}};
  for (unsigned turn = 0; turn < 3'000; ++turn) {
    change_one(workload, matcher, clock, history, turn % 2, draw_id(turn % 2, random), random);
    asker.ask(random, 3);
  }
  EXPECT_EQ(first_complaint(history, asker.answers()), "");
}

constexpr State kCovering{0, 1};
constexpr State kElsewhere{0, 2};

struct JudgeCase {
  const char* label;
  std::vector<Change> changes;
  Answer answer;
  bool is_fine;
};

class RaceJudge : public testing::TestWithParam<JudgeCase> {};

TEST_P(RaceJudge, KnowsWhatCanBe) {
  History history{1, 1};
  for (const Change& change : GetParam().changes) history.note(0, 0, change);
  EXPECT_EQ(history.verdict(GetParam().answer).empty(), GetParam().is_fine);
}

INSTANTIATE_TEST_SUITE_P(
    Answers, RaceJudge,
    testing::Values(
        JudgeCase{"SeenBefore", {{1, 2, kCovering}}, {3, 4, 0, 0, 1}, true},
        JudgeCase{"MissedThoughBefore", {{1, 2, kCovering}}, {3, 4, 0, 0, 0}, false},
        JudgeCase{"EitherWhenOverlappingSeen", {{1, 4, kCovering}}, {2, 3, 0, 0, 1}, true},
        JudgeCase{"EitherWhenOverlappingMissed", {{1, 4, kCovering}}, {2, 3, 0, 0, 0}, true},
        JudgeCase{"SeenBeforeItWasThere", {{3, 4, kCovering}}, {1, 2, 0, 0, 1}, false},
        JudgeCase{"Ghost", {{1, 2, kCovering}, {3, 4, {}}}, {5, 6, 0, 0, 1}, false},
        JudgeCase{"HalfReplaced", {{1, 2, kCovering}, {3, 6, kCovering}}, {4, 5, 0, 0, 0}, false},
        JudgeCase{
            "NeitherCovers", {{1, 2, kElsewhere}, {3, 6, kElsewhere}}, {4, 5, 0, 0, 1}, false},
        JudgeCase{"OtherScope", {{1, 2, kCovering}}, {3, 4, 1, 0, 1}, false},
        JudgeCase{"Double", {{1, 2, kCovering}}, {3, 4, 0, 0, 1, true}, false}),
    [](const testing::TestParamInfo<JudgeCase>& instance) { return instance.param.label; });

TEST(RaceJudge, AllowsEitherOfTwoWriters) {
  History history{1, 2};
  history.note(0, 0, {1, 5, kCovering});
  history.note(0, 1, {2, 4, kElsewhere});
  EXPECT_EQ(history.verdict({6, 7, 0, 0, 1}), "");
  EXPECT_EQ(history.verdict({6, 7, 0, 0, 0}), "");
  history.note(0, 1, {8, 9, kElsewhere});
  EXPECT_NE(history.verdict({10, 11, 0, 0, 1}), "");
}

struct RaceCase {
  const char* label;
  std::size_t batch;
  std::array<std::size_t, 2> cache_bytes;  // of the two readers
};

class MatcherRace : public testing::TestWithParam<RaceCase> {};

// guards G1, G2, G3, G4, G5, I2, I3, I4, I6: what a match answers was true at one moment of it.
TEST_P(MatcherRace, EveryAnswerIsAStateThatWas) {
  const std::uint64_t seed = testkit::test_seed();
  SCOPED_TRACE(testkit::seed_note(seed));
  const Workload workload;
  Matcher matcher;
  internal::MatcherImpl::of(matcher).set_probe({yield_now_and_then, nullptr});
  const std::size_t empty_bytes = matcher.stats().index_bytes;
  Clock clock;
  History history{kIds, 2};
  std::array<std::optional<Asker>, 2> askers;
  std::atomic<unsigned> readers_left{2};
  std::vector<std::thread> threads;
  for (unsigned i = 0; i < 2; ++i) {
    threads.emplace_back([&, i] {
      testkit::Random random{seed + 1 + i};
      askers[i].emplace(workload, matcher, clock, ReaderOptions{GetParam().cache_bytes[i]});
      while (askers[i]->answers().size() < kAnswers) askers[i]->ask(random, GetParam().batch);
      readers_left.fetch_sub(1);
    });
    threads.emplace_back([&, i] {
      testkit::Random random{seed + 3 + i};
      while (readers_left.load() != 0) {
        change_one(workload, matcher, clock, history, i, draw_id(i, random), random);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const auto& asker : askers) EXPECT_EQ(first_complaint(history, asker->answers()), "");
  for (unsigned id = 0; id < kIds; ++id) matcher.remove(SubscriptionId{id});
  internal::MatcherImpl::of(matcher).drain();
  EXPECT_EQ(matcher.stats().index_bytes, empty_bytes);
  EXPECT_EQ(matcher.stats().subscriptions, 0U);
}

INSTANTIATE_TEST_SUITE_P(Readers, MatcherRace,
                         testing::Values(RaceCase{"OneNameAtATime", 1, {kNoCache, kCache}},
                                         RaceCase{"SmallBatches", 5, {kNoCache, kTinyCache}},
                                         RaceCase{"FullGroups", 32, {kNoCache, kCache}}),
                         [](const testing::TestParamInfo<RaceCase>& instance) {
                           return instance.param.label;
                         });

/// A group of webhooks, each with a name of its own that its early and its late pattern cover, moved
/// from one to the other while a reader matches the names: whatever the moment, each is reported,
/// and once.
class MatcherMove : public testing::Test {
 protected:
  static constexpr unsigned kMoving = 32;  // one group of events

  void put_all(const std::vector<std::string>& patterns) {
    for (unsigned id = 0; id < kMoving; ++id) {
      matcher_.put(SubscriptionId{id}, "", {*Pattern::parse(patterns[id])});
    }
  }

  // Each name must reach `hits` ids, its webhook's among them.
  void match_while_moving(const std::vector<std::string>& early,
                          const std::vector<std::string>& late,
                          const std::vector<std::string>& names, std::size_t hits) {
    put_all(early);
    internal::MatcherImpl::of(matcher_)
        .drain();  // no entry is left in transition, which would warn
    std::vector<Query> queries;
    for (const std::string& name : names) queries.push_back({name});
    std::atomic<bool> is_moved{false};
    std::thread writer([&] {
      put_all(late);
      is_moved.store(true);
    });
    while (!is_moved.load()) {
      const MatchedBatch& matched = reader_.match(queries);
      for (unsigned id = 0; id < kMoving && !HasFailure(); ++id) {
        EXPECT_EQ(matched[id].size(), hits) << names[id];
        EXPECT_EQ(std::ranges::count(matched[id], SubscriptionId{id}), 1) << names[id];
      }
    }
    writer.join();
  }

  Matcher matcher_;
  Reader reader_{matcher_, {.cache_bytes = kNoCache}};
};

// guards G4: a walk that is slower than the change may meet the webhook twice, plain each time.
TEST_F(MatcherMove, IsReportedOnceWhenAWalkMeetsBothPatterns) {
  std::vector<std::string> early;
  std::vector<std::string> late;
  std::vector<std::string> names;
  for (unsigned id = 0; id < kMoving; ++id) {
    const std::string first = "s" + std::to_string(id);
    early.push_back(first + ".**");
    names.push_back(first + ".a.a.a.a.a.a.a.a.a.a.a.a.a.a.a");
    late.push_back(first + ".a.a.a.a.a.a.a.a.a.a.a.a.a.a.*");
    // It keeps the way to the late pattern open.
    matcher_.put(SubscriptionId{kMoving + id}, "", {*Pattern::parse(late[id])});
  }
  for (int round = 0; round < kMoves && !HasFailure(); ++round) {
    match_while_moving(early, late, names, 2);
  }
}

// guards G1: the late pattern's name, or its segment, may be younger than the match, which has looked
// it up in vain by then.
class MatcherMoveToYounger : public MatcherMove, public testing::WithParamInterface<const char*> {};

TEST_P(MatcherMoveToYounger, IsReported) {
  for (int round = 0; round < kMoves && !HasFailure(); ++round) {
    std::vector<std::string> early;
    std::vector<std::string> late;
    std::vector<std::string> names;
    for (unsigned id = 0; id < kMoving; ++id) {
      const std::string first = "s" + std::to_string(id);
      early.push_back(first + ".*");
      names.push_back(first + ".young" + std::to_string(round));
      late.push_back(names.back() + GetParam());
    }
    match_while_moving(early, late, names, 1);
  }
}

INSTANTIATE_TEST_SUITE_P(Patterns, MatcherMoveToYounger, testing::Values("", ".**"));

}  // namespace
}  // namespace sluice::race
