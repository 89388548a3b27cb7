// The ledger on a thread of its own: it gathers what the dispatcher writes into few large
// transactions, so that delivery never waits for the disk.
//
// Roles:      the loop's thread appends; the ledger's thread takes.
// Invariants: what was appended is written in that order, and answered in that order.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <thread>
#include <variant>
#include <vector>

#include "base/clock.hpp"
#include "base/mutex.hpp"
#include "delivery/delivery_records.hpp"
#include "delivery/ledger.hpp"
#include "delivery/loop.hpp"

namespace sluice::delivery {

/// Thread safety: as Ledger says; attempts_dropped() from any thread. Lifetime: what it is given
/// outlives it; the loop may have ended when it does.
class LedgerThread final : public Ledger {
 public:
  /// How long attempts may wait for more of them, while nothing else is to be written or asked.
  static constexpr std::chrono::milliseconds kGather{50};

  LedgerThread(DeliveryRecords& records, Loop& loop, const base::Clock& clock,
               std::chrono::milliseconds gather = kGather);
  /// Writes what was appended, unless the disk refuses.
  ~LedgerThread() override;

  void log(AttemptRecord attempt) override;
  void commit(std::vector<RecordChange> changes, std::function<void()> when_durable) override;
  void ask(Question question) override;

  std::uint64_t attempts_dropped() const override {
    return dropped_.load(std::memory_order_relaxed);  // relaxed: a figure for people
  }

 private:
  struct Write {
    std::vector<RecordChange> changes;
    std::function<void()> when_durable;  // none: an attempt that may be dropped
  };
  using Item = std::variant<Write, Question>;

  static constexpr std::size_t kMostAttempts = 50'000;  // that wait and may be dropped
  static constexpr std::size_t kMostChanges = 2'000;    // of one transaction
  static constexpr std::chrono::milliseconds kPause{500};  // after a failure of the store
  static constexpr std::chrono::seconds kPruneInterval{60};

  void append(Item item);
  void work(const std::stop_token& stop);
  bool take(std::vector<Item>& items);
  void gather() SLUICE_REQUIRES(mutex_);
  void write(std::vector<Item>& items);
  void answer(Question& question);
  /// Until `action` throws no more, or the thread is to end. False: it never succeeded.
  bool persist(const std::function<void()>& action);
  void prune(const std::stop_token& stop);

  DeliveryRecords& records_;
  Loop& loop_;
  const base::Clock& clock_;
  const std::chrono::milliseconds gather_;
  std::atomic<std::uint64_t> dropped_{0};  // the loop's thread writes, anybody reads
  base::Mutex mutex_;
  base::Condition wake_;
  std::deque<Item> queue_ SLUICE_GUARDED_BY(mutex_);
  std::size_t waiting_attempts_ SLUICE_GUARDED_BY(mutex_) = 0;
  bool is_stopping_ SLUICE_GUARDED_BY(mutex_) = false;
  std::chrono::steady_clock::time_point next_prune_;
  std::jthread thread_;  // last: it uses what is above
};

}  // namespace sluice::delivery
