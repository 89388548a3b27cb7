// The records as the dispatcher writes them: asynchronously, in order, with word when they are
// durable. One thread of its own does the waiting (AttemptWriter).
#pragma once

#include <cstdint>
#include <functional>

#include "delivery/delivery_records.hpp"

namespace sluice::delivery {

/// Thread safety: the loop's thread only. Everything happens in the order of the calls.
class Ledger {
 public:
  /// Runs on the thread of records, after everything that was written before the question is in.
  /// What it returns runs on the loop. It must not throw but what DeliveryRecords does, and is asked
  /// again then.
  using Question = std::function<std::function<void()>(DeliveryRecords&)>;

  virtual ~Ledger() = default;
  Ledger(const Ledger&) = delete;
  Ledger& operator=(const Ledger&) = delete;

  /// Logs an attempt that nothing depends on. It may be dropped, and is counted then, when the disk
  /// cannot follow.
  virtual void log(AttemptRecord attempt) = 0;
  /// Writes `changes` together. They are never dropped; `when_durable` runs on the loop.
  virtual void commit(std::vector<RecordChange> changes, std::function<void()> when_durable) = 0;
  virtual void ask(Question question) = 0;

  /// Attempts that were dropped since the start.
  virtual std::uint64_t attempts_dropped() const = 0;

 protected:
  Ledger() = default;
};

}  // namespace sluice::delivery
