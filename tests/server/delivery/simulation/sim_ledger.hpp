// The thread of records of a simulation: it takes its time, keeps the order, and a crash takes what it
// had not written yet.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <utility>
#include <vector>

#include "delivery/ledger.hpp"
#include "tests/server/delivery/simulation/sim_loop.hpp"
#include "tests/server/delivery/simulation/sim_records.hpp"

namespace sluice::testkit {

class SimLedger final : public delivery::Ledger {
 public:
  SimLedger(SimLoop& loop, SimRecords& records) : loop_(loop), records_(records) {}

  void log(delivery::AttemptRecord attempt) override {
    work_.push_back({{std::move(attempt)}, nullptr, nullptr});
    schedule();
  }
  void commit(std::vector<delivery::RecordChange> changes,
              std::function<void()> when_durable) override {
    work_.push_back({std::move(changes), std::move(when_durable), nullptr});
    schedule();
  }
  void ask(Question question) override {
    work_.push_back({{}, nullptr, std::move(question)});
    schedule();
  }
  std::uint64_t attempts_dropped() const override { return 0; }

  std::chrono::microseconds pause{2'000};  // from the first of a batch to its end
  std::size_t pending() const { return work_.size(); }

 private:
  struct Work {
    std::vector<delivery::RecordChange> changes;
    std::function<void()> when_durable;
    Question question;
  };

  void schedule() { schedule(pause); }
  void schedule(std::chrono::microseconds after) {
    if (is_scheduled_) return;
    is_scheduled_ = true;
    loop_.run_at(loop_.steady_now() + after, [this] { write(); });
  }

  void write() {
    is_scheduled_ = false;
    if (records_.fails_to_write) {
      schedule(kPauseAfterFailure);
      return;
    }
    for (std::size_t count = work_.size(); count > 0; --count) {
      Work work = std::move(work_.front());
      work_.pop_front();
      records_.write(work.changes);
      if (work.when_durable) loop_.post(std::move(work.when_durable));
      if (work.question) loop_.post(work.question(records_));
    }
  }

  static constexpr std::chrono::milliseconds kPauseAfterFailure{500};

  SimLoop& loop_;
  SimRecords& records_;
  std::deque<Work> work_;
  bool is_scheduled_ = false;
};

}  // namespace sluice::testkit
