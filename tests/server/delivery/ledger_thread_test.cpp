#include "delivery/production/ledger_thread.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <stdexcept>
#include <thread>
#include <utility>
#include <vector>

#include "base/mutex.hpp"
#include "tests/server/delivery/simulation/sim_records.hpp"
#include "tests/server/support/manual_clock.hpp"

namespace sluice::delivery {
namespace {

/// A loop whose thread is the test's: what is posted runs in run_until().
class TestLoop final : public Loop {
 public:
  void post(std::function<void()> task) override {
    const base::MutexLock lock(mutex_);
    tasks_.push_back(std::move(task));
    posted_.notify_one();
  }
  void run_at(std::chrono::steady_clock::time_point, std::function<void()>) override {}

  void run_until(const std::function<bool()>& is_done) {
    while (!is_done()) {
      for (const std::function<void()>& task : wait()) task();
    }
  }

 private:
  std::vector<std::function<void()>> wait() {
    const base::MutexLock lock(mutex_);
    while (tasks_.empty()) posted_.wait(mutex_);
    return std::exchange(tasks_, {});
  }

  base::Mutex mutex_;
  base::Condition posted_;
  std::vector<std::function<void()>> tasks_ SLUICE_GUARDED_BY(mutex_);
};

/// Records that refuse the first few writes.
class StubbornRecords final : public DeliveryRecords {
 public:
  explicit StubbornRecords(int refusals) : refusals_(refusals) {}

  void write(std::span<const RecordChange> changes) override {
    if (refusals_-- > 0) throw std::runtime_error("the disk is full");
    ++writes;
    records.write(changes);
    if (when_written) when_written();
  }
  std::vector<WaitingSummary> waiting_channels() override { return records.waiting_channels(); }
  std::vector<WaitingDelivery> waiting(std::uint32_t channel, WaitingOrder order,
                                       std::optional<WaitingKey> after,
                                       std::size_t limit) override {
    return records.waiting(channel, order, after, limit);
  }
  std::optional<OldestOwed> oldest_waiting() override { return records.oldest_waiting(); }
  std::vector<WaitingDelivery> waiting_below(journal::Sequence below,
                                             std::optional<OldestKey> after,
                                             std::size_t limit) override {
    return records.waiting_below(below, after, limit);
  }
  std::vector<SequenceRange> settled(std::uint32_t channel, SequenceRange range) override {
    return records.settled(channel, range);
  }
  std::optional<KnownDelivery> known(std::uint32_t channel, journal::Sequence first) override {
    return records.known(channel, first);
  }
  std::vector<DeadDelivery> dead(std::uint32_t webhook, base::Time since, base::Time until,
                                 std::optional<DeadKey> after, std::size_t limit) override {
    return records.dead(webhook, since, until, after, limit);
  }
  void forget_beyond(journal::Sequence committed) override { records.forget_beyond(committed); }
  void prune(const std::stop_token& stop) override {
    ++prunings;
    while (prunes_for_ever && !stop.stop_requested()) std::this_thread::yield();
  }

  testkit::SimRecords records;
  std::function<void()> when_written;  // set before the first write
  int writes = 0;
  std::atomic<int> prunings{0};
  bool prunes_for_ever = false;

 private:
  int refusals_;
};

WaitingDelivery waiting(std::uint32_t channel, journal::Sequence first) {
  WaitingDelivery row;
  row.webhook = 1;
  row.channel = channel;
  row.events = {first};
  return row;
}

TEST(LedgerThread, TellsInOrderAndOnlyWhatIsDurable) {
  TestLoop loop;
  StubbornRecords records(0);
  testkit::ManualClock clock;
  LedgerThread ledger(records, loop, clock);
  std::vector<journal::Sequence> told;
  constexpr journal::Sequence kRows = 5'000;
  for (journal::Sequence row = 1; row <= kRows; ++row) {
    ledger.commit({waiting(1, row)}, [&told, row] { told.push_back(row); });
    if (row % 7 == 0) ledger.log({});
    if (row % 100 != 0) continue;
    ledger.ask([&told, row](DeliveryRecords& asked) {
      // Everything that was written before the question is in, and nothing that came after.
      const std::size_t count = asked.waiting(1, WaitingOrder::due, {}, 2 * kRows).size();
      return [&told, row, count] {
        EXPECT_EQ(count, row);
        EXPECT_EQ(told.size(), row);
      };
    });
  }
  loop.run_until([&] { return told.size() == kRows; });
  for (journal::Sequence row = 1; row <= kRows; ++row) ASSERT_EQ(told[row - 1], row);
}

TEST(LedgerThread, WritesAgainWhatTheDiskRefused) {
  TestLoop loop;
  StubbornRecords records(1);
  testkit::ManualClock clock;
  LedgerThread ledger(records, loop, clock);
  bool is_durable = false;
  ledger.commit({waiting(1, 1)}, [&] { is_durable = true; });
  loop.run_until([&] { return is_durable; });
}

TEST(LedgerThread, DropsAttemptsRatherThanMemoryAndNeverARow) {
  TestLoop loop;
  StubbornRecords records(1'000'000);  // it takes nothing
  testkit::ManualClock clock;
  LedgerThread ledger(records, loop, clock);
  for (int i = 0; i < 60'000; ++i) ledger.log({});
  EXPECT_GE(ledger.attempts_dropped(), 5'000U);
  EXPECT_LE(ledger.attempts_dropped(), 60'000U);
}

TEST(LedgerThread, WritesAttemptsTogetherUntilSomethingElseIsWanted) {
  TestLoop loop;
  StubbornRecords records(0);
  testkit::ManualClock clock;
  LedgerThread ledger(records, loop, clock, std::chrono::hours{1});
  for (int i = 0; i < 1'500; ++i) {
    ledger.log({});
    std::this_thread::yield();  // it would have the time to write some
  }
  int writes = 0;
  ledger.ask([&](DeliveryRecords&) { return [&] { writes = records.writes; }; });
  loop.run_until([&] { return writes != 0; });
  EXPECT_EQ(writes, 1);
}

TEST(LedgerThread, WritesAFullTransactionOfAttemptsAtOnce) {
  TestLoop loop;
  StubbornRecords records(0);
  testkit::ManualClock clock;
  LedgerThread ledger(records, loop, clock, std::chrono::hours{1});
  bool is_written = false;
  records.when_written = [&] { loop.post([&] { is_written = true; }); };
  for (int i = 0; i < 2'000; ++i) ledger.log({});
  loop.run_until([&] { return is_written; });
}

TEST(LedgerThread, WritesWhatItWasGivenBeforeItEnds) {
  TestLoop loop;
  StubbornRecords records(0);
  testkit::ManualClock clock;
  {
    LedgerThread ledger(records, loop, clock);
    for (journal::Sequence row = 1; row <= 1'000; ++row) ledger.commit({waiting(2, row)}, [] {});
  }
  EXPECT_EQ(records.records.waiting_rows.size(), 1'000U);
}

TEST(LedgerThread, PrunesEveryMinuteAndNotForLongerThanItLives) {
  TestLoop loop;
  StubbornRecords records(0);
  records.prunes_for_ever = true;
  testkit::ManualClock clock;
  LedgerThread ledger(records, loop, clock);
  clock.advance(std::chrono::minutes{1});
  ledger.commit({waiting(1, 1)}, [] {});
  while (records.prunings == 0) std::this_thread::yield();
}

}  // namespace
}  // namespace sluice::delivery
