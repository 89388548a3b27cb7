// D1 by thousands of power cuts: a simulated disk keeps what was synced and any part of the rest.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>

#include "server/journal/crash_oracle.hpp"
#include "server/journal/journal_rig.hpp"
#include "support/random.hpp"

namespace {

using namespace sluice::testkit;
using sluice::journal::AppendResult;
using sluice::journal::Durability;

/// Lives of one journal, each ended by a crash while batches are under way.
class CrashRun {
 public:
  CrashRun(std::uint64_t seed, Durability durability) : random_(seed), rig_(seed) {
    rig_.options.durability = durability;
    rig_.options.retention_bytes = 6 * rig_.options.segment_bytes;
    rig_.disk.set_short_writes(true);
    rig_.open();
  }

  CrashOracle& oracle() { return oracle_; }

  /// Now and then the process ends before the power goes.
  Survives any_crash() {
    return random_.is_one_in(3) ? Survives::everything : Survives::what_was_synced;
  }

  /// Appends, crashes, opens again. Says what was wrong with the answers; empty: nothing.
  std::string live(Survives survives) {
    if (random_.is_one_in(2)) rig_.journal->release_below(oracle_.newest());
    std::vector<Submission> submissions(random_.between(1, 12));
    std::atomic<std::size_t> answered{0};
    for (std::size_t i = 0; i < submissions.size(); ++i) {
      submit(submissions[i], answered);
      if (random_.is_one_in(4)) wait_until([&] { return answered.load() >= random_.below(i + 2); });
    }
    const std::size_t enough = random_.below(submissions.size() + 1);
    wait_until([&] { return answered.load() >= enough; });
    rig_.cut_power_and_reopen(survives);
    return oracle_.learn(submissions);
  }

  std::string check() {
    const auto oldest = std::max<sluice::journal::Sequence>(rig_.journal->stats().first, 1);
    return oracle_.compare(read_all(*rig_.journal, oldest), oldest);
  }

 private:
  void submit(Submission& submission, std::atomic<std::size_t>& answered) {
    submission.organisation = static_cast<std::uint32_t>(random_.between(1, 2));
    submission.events.resize(random_.is_one_in(10) ? 0 : random_.between(1, 6));
    for (GivenEvent& event : submission.events) event = make_event();
    rig_.journal->append(
        make_batch(*rig_.journal, submission.organisation, submission.events),
        [&](const AppendResult& result) {
          submission.answer = {result.error,
                               result.first,
                               {result.duplicates.begin(), result.duplicates.end()}};
          submission.is_answered = true;
          answered.fetch_add(1);
        });
  }

  GivenEvent make_event() {
    GivenEvent event;
    const std::size_t bytes = random_.is_one_in(8) ? random_.below(9'000) : random_.below(600);
    event.json = std::to_string(++events_) + ":" + std::string(bytes, 'x');
    if (random_.is_one_in(2)) event.id = "id-" + std::to_string(random_.below(events_ + 1));
    event.webhooks.resize(random_.below(4), 9);
    return event;
  }

  Random random_;
  JournalRig rig_;
  CrashOracle oracle_;
  std::size_t events_ = 0;
};

constexpr int kRuns = 30;
constexpr int kLives = 40;  // of one journal: enough for segments to be recycled

enum class Crashes { of_the_process, of_any_kind };

/// Several runs, each of many lives; says what was wrong first.
std::string crash_again_and_again(std::uint64_t seed, int runs, Durability durability,
                                  Crashes crashes) {
  const bool is_lossy = durability == Durability::os && crashes == Crashes::of_any_kind;
  for (int i = 0; i < runs; ++i) {
    CrashRun run(seed + static_cast<std::uint64_t>(i), durability);
    for (int life = 0; life < kLives; ++life) {
      const auto known = run.oracle().newest();
      const bool may_lose_power = crashes == Crashes::of_any_kind;
      std::string wrong = run.live(may_lose_power ? run.any_crash() : Survives::everything);
      if (is_lossy) run.oracle().forget_from(known + 1);
      if (wrong.empty()) wrong = run.check();
      if (!wrong.empty())
        return "run " + std::to_string(i) + ", life " + std::to_string(life) + ": " + wrong;
    }
  }
  return "";
}

// guards D1
TEST(PowerCut, LosesNothingThatWasAcknowledgedAndBelievesNothingTorn) {
  const std::uint64_t seed = test_seed();
  SCOPED_TRACE(seed_note(seed));
  EXPECT_EQ(crash_again_and_again(seed, kRuns, Durability::fsync, Crashes::of_any_kind),
            "");
}

// guards D1
TEST(PowerCut, WithDurabilityOsLosesNothingWhenOnlyTheProcessEnds) {
  const std::uint64_t seed = test_seed();
  SCOPED_TRACE(seed_note(seed));
  EXPECT_EQ(crash_again_and_again(seed, kRuns / 3, Durability::os, Crashes::of_the_process), "");
}

TEST(PowerCut, WithDurabilityOsLosesTheNewestEventsOnly) {
  const std::uint64_t seed = test_seed();
  SCOPED_TRACE(seed_note(seed));
  EXPECT_EQ(crash_again_and_again(seed, kRuns / 3, Durability::os, Crashes::of_any_kind),
            "");
}

}  // namespace
