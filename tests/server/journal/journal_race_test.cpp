// Everybody at once, on real files: appenders, a cursor that follows, finders, retention, and those who
// ask. Runs under ThreadSanitizer too.
#include <gtest/gtest.h>

#include <atomic>
#include <deque>
#include <latch>
#include <mutex>
#include <thread>

#include "base/random.hpp"
#include "server/journal/journal_rig.hpp"
#include "server/support/temporary_directory.hpp"

namespace {

using namespace sluice::testkit;
using sluice::journal::AppendResult;
using sluice::journal::Cursor;
using sluice::journal::Durability;
using sluice::journal::Journal;
using sluice::journal::Options;
using sluice::journal::ReadOutcome;
using sluice::journal::RecordView;
using sluice::journal::Sequence;

constexpr std::size_t kAppenders = 2;
constexpr std::size_t kBatches = 400;  // of each
constexpr std::size_t kEvents = 5;     // of a batch

std::string id_of(std::size_t appender, std::size_t number) {
  return std::to_string(appender) + "-" + std::to_string(number);
}

Options options_in(const std::filesystem::path& directory) {
  Options options;
  options.directory = directory;
  options.durability = Durability::os;
  options.segment_bytes = std::uint64_t{64} << 10U;
  options.retention_bytes = 4 * options.segment_bytes;
  options.upkeep_interval = std::chrono::milliseconds{1};
  return options;
}

class Race {
 public:
  explicit Race(const Options& options) : journal_(options, clock_, random_) {}

  void run() {
    std::latch appended(kAppenders);
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < kAppenders; ++i)
      threads.emplace_back([this, i, &appended] {
        append_all(i);
        appended.count_down();
      });
    threads.emplace_back([this] { follow(); });
    threads.emplace_back([this] { find(); });
    threads.emplace_back([this] { ask(); });
    appended.wait();
    wait_until([&] { return seen_ == kAppenders * kBatches * kEvents; });
    is_over_ = true;
  }

 private:
  /// A batch, and now and then the same again: duplicates.
  void append_all(std::size_t appender) {
    for (std::size_t batch = 0; batch < kBatches; ++batch) {
      std::vector<GivenEvent> events;
      for (std::size_t i = 0; i < kEvents; ++i) {
        const std::string id = id_of(appender, batch * kEvents + i);
        events.push_back({id + std::string(100 * i, 'x'), id, {1}});
      }
      const auto organisation = static_cast<std::uint32_t>(appender + 1);
      const Answer answer = append(journal_, organisation, events, clock_.now());
      EXPECT_FALSE(answer.error);
      EXPECT_TRUE(answer.duplicates.empty());
      {
        const std::lock_guard lock(mutex_);
        acknowledged_.emplace_back(organisation, events.back().id, answer.first + kEvents - 1);
      }
      if (batch % 7 != 0) continue;
      EXPECT_EQ(append(journal_, organisation, events, clock_.now()).duplicates.size(), kEvents);
    }
  }

  /// Every event once, in order, whole.
  void follow() {
    Cursor cursor = journal_.cursor(1);
    Sequence next = 1;
    std::vector<std::size_t> numbers(kAppenders, 0);
    for (RecordView record; !is_over_;) {
      const ReadOutcome outcome = cursor.next(record);
      if (outcome == ReadOutcome::end) continue;
      ASSERT_EQ(outcome, ReadOutcome::record) << cursor.error();
      ASSERT_EQ(record.first(), next);
      for (std::size_t i = 0; i < record.size(); ++i) {
        const std::size_t appender = record.organisation() - 1;
        ASSERT_EQ(record[i].given_id, id_of(appender, numbers[appender]++));
      }
      next += record.size();
      journal_.release_below(next);
      seen_ += record.size();
    }
  }

  /// What was acknowledged is found, unless it was released and dropped.
  void find() {
    while (!is_over_) {
      std::tuple<std::uint32_t, std::string, Sequence> one;
      {
        const std::lock_guard lock(mutex_);
        if (acknowledged_.empty()) continue;
        one = acknowledged_.front();
        if (acknowledged_.size() > 1) acknowledged_.pop_front();
      }
      const auto& [organisation, id, sequence] = one;
      const auto by_id = journal_.find(organisation, id);
      const auto by_number = journal_.read_event(sequence);
      EXPECT_EQ(by_id ? by_id->sequence : sequence, sequence);
      EXPECT_EQ(by_number ? by_number->event_id : id, id);
      if (by_id && by_number) continue;
      EXPECT_GT(journal_.stats().first, sequence) << "neither there nor dropped";
    }
  }

  void ask() {
    std::atomic<Sequence> told{0};
    while (!is_over_) {
      journal_.set_commit_listener([&](Sequence through) { told = through; });
      EXPECT_TRUE(journal_.has_room());
      const auto stats = journal_.stats();
      EXPECT_FALSE(stats.refusal);
      journal_.set_commit_listener(nullptr);
      EXPECT_LE(told, journal_.stats().committed_through);
    }
  }

  sluice::base::SystemClock clock_;
  sluice::base::SystemRandom random_;
  Journal journal_;
  std::mutex mutex_;
  std::deque<std::tuple<std::uint32_t, std::string, Sequence>> acknowledged_;
  std::atomic<std::size_t> seen_{0};
  std::atomic<bool> is_over_{false};
};

TEST(JournalRace, EveryEventIsSeenOnceInOrderAndFound) {
  const TemporaryDirectory directory;
  Race(options_in(directory.path())).run();
}

TEST(JournalRace, ClosingAnswersEveryAppendOfEveryThread) {
  const TemporaryDirectory directory;
  const sluice::base::SystemClock clock;
  sluice::base::SystemRandom random;
  std::size_t kept = 0;
  for (int round = 0; round < 10; ++round) {
    std::atomic<std::size_t> answered{0};
    {
      Journal journal(options_in(directory.path()), clock, random);
      EXPECT_EQ(journal.stats().committed_through, kept);
      std::vector<std::jthread> threads;
      for (std::size_t t = 0; t < 3; ++t)
        threads.emplace_back([&] {
          for (int i = 0; i < 20; ++i)
            journal.append(make_batch(journal, 1, {{"x"}}), [&](const AppendResult& result) {
              EXPECT_FALSE(result.error);
              ++answered;
            });
        });
    }
    EXPECT_EQ(answered, 60U);
    kept += 60;
  }
}

}  // namespace
