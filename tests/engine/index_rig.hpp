// What the parts of the index need to be tested one by one: memory, a Reclaimer, duties that the test
// decides on, and a reader that holds a Guard for as long as the test wants.
#pragma once

#include <atomic>
#include <functional>
#include <thread>

#include "operation.hpp"

namespace sluice::internal {

class IndexRig final : public Reclaimer::Finisher {
 public:
  /// Runs `change(Operation&)` as a writer does.
  template <class Change>
  auto write(Change change) {
    Operation operation{memory_, reclaimer_, probe_};
    return change(operation);
  }

  Memory& memory() noexcept { return memory_; }
  Reclaimer& reclaimer() noexcept { return reclaimer_; }
  void drain() const noexcept { reclaimer_.drain(); }

  /// Bytes of the pieces that are allocated now.
  std::size_t used() const noexcept { return memory_.index.used() + memory_.ledger.used(); }

  /// What is done for every item that is no mere release, on the Reclaimer's thread.
  /// Set it before the first write().
  std::function<void(Operation&, const Reclaimer::Item&)> on_duty;

 private:
  void finish(const Reclaimer::Item& item) override {
    Operation operation{memory_, reclaimer_, probe_};
    on_duty(operation, item);
  }

  Memory memory_;
  WriterProbe probe_;
  Reclaimer reclaimer_{memory_, *this};
};

/// A reader that enters its section when it is made, and leaves it when told.
class GuardedReader {
 public:
  GuardedReader()
      : thread_([this] {
          const Guard guard;
          is_in_.store(true);
          is_in_.notify_one();
          is_to_leave_.wait(false);
        }) {
    is_in_.wait(false);
  }
  ~GuardedReader() {
    is_to_leave_.store(true);
    is_to_leave_.notify_one();
    thread_.join();
  }
  GuardedReader(const GuardedReader&) = delete;
  GuardedReader& operator=(const GuardedReader&) = delete;

 private:
  std::atomic<bool> is_in_{false};
  std::atomic<bool> is_to_leave_{false};
  std::thread thread_;
};

}  // namespace sluice::internal
