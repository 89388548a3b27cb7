// Two writers at the same webhooks: whichever came last, its state is the whole truth, and nothing
// of the other's is left.
#include <gtest/gtest.h>

#include <array>
#include <optional>
#include <thread>

#include "matcher_impl.hpp"
#include "race_workload.hpp"

namespace sluice::race {
namespace {

#if defined(SLUICE_UNDER_SANITIZER)
constexpr int kRounds = 60;
#else
constexpr int kRounds = 400;
#endif
constexpr unsigned kIds = 3;
constexpr int kChanges = 40;  // of each writer, a round

class MatcherChange : public testing::Test {
 protected:
  // Both writers change all ids at random; what is judged is only the state at the end.
  void race(std::uint64_t seed) {
    std::array<std::thread, 2> threads;
    for (unsigned writer = 0; writer < 2; ++writer) {
      threads[writer] = std::thread([&, writer] {
        testkit::Random random{seed + writer};
        for (int change = 0; change < kChanges; ++change) {
          const auto id = static_cast<unsigned>(random.below(kIds));
          change_one(workload_, matcher_, clock_, history_, writer, id, random);
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
  }

  // One state of each id explains the answers to all names in all scopes.
  void expect_whole_states(Reader& reader) {
    const std::uint64_t now = clock_.tick();
    for (unsigned id = 0; id < kIds; ++id) {
      std::array<NameSet, kScopes.size()> answered{};
      for (unsigned scope = 0; scope < kScopes.size(); ++scope) {
        for (unsigned name = 0; name < workload_.names(); ++name) {
          const auto matched = reader.match(workload_.name(name), kScopes[scope]);
          const auto hits = std::ranges::count(matched, SubscriptionId{id});
          ASSERT_LE(hits, 1);
          if (hits == 1) answered[scope] |= NameSet{1} << name;
        }
      }
      const std::vector<State> states = history_.possible(id, now, now + 1);
      EXPECT_TRUE(std::ranges::any_of(states,
                                      [&](const State& state) {
                                        std::array<NameSet, kScopes.size()> wanted{};
                                        wanted[state.scope] = state.names;
                                        return wanted == answered;
                                      }))
          << "id " << id << " is in none of " << states.size() << " possible states";
    }
  }

  Workload workload_;
  Matcher matcher_;
  Clock clock_;
  History history_{kIds, 2};
};

// guards G1, G2, I9, I11
TEST_F(MatcherChange, EndsInTheStateThatOneOfTwoWritersMadeLast) {
  const std::uint64_t seed = testkit::test_seed();
  SCOPED_TRACE(testkit::seed_note(seed));
  Reader cached{matcher_};
  Reader uncached{matcher_, {.cache_bytes = 0}};
  for (std::uint64_t round = 0; round < kRounds && !HasFailure(); ++round) {
    race(seed + 2 * round);
    for (Reader* const reader : {&cached, &uncached}) {
      ASSERT_NO_FATAL_FAILURE(expect_whole_states(*reader));
    }
  }
}

// guards G5
TEST_F(MatcherChange, LeavesNothingBehindOnceAllIsRemoved) {
  const std::uint64_t seed = testkit::test_seed();
  SCOPED_TRACE(testkit::seed_note(seed));
  const std::size_t empty_bytes = matcher_.stats().index_bytes;
  for (std::uint64_t round = 0; round < kRounds / 4 && !HasFailure(); ++round) {
    race(seed + 2 * round);
    for (unsigned id = 0; id < kIds; ++id) matcher_.remove(SubscriptionId{id});
    internal::MatcherImpl::of(matcher_).drain();
    EXPECT_EQ(matcher_.stats().index_bytes, empty_bytes);
    EXPECT_EQ(matcher_.stats().subscriptions, 0U);
  }
}

}  // namespace
}  // namespace sluice::race
