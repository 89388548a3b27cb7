// Stops the first writer that reaches a point of its operation, for as long as a test wants.
#pragma once

#include <atomic>
#include <string>
#include <thread>
#include <utility>

#include "matcher_impl.hpp"

namespace sluice::race {

/// Runs one operation on a thread of its own, which stops at `point`.
/// Lifetime: no other operation may run when it begins or ends.
class StoppedWriter {
 public:
  /// Returns once the writer has stopped, or has finished without coming by.
  template <class Operation>
  StoppedWriter(Matcher& matcher, std::string point, Operation operation)
      : impl_(internal::MatcherImpl::of(matcher)), point_(std::move(point)) {
    impl_.drain();  // else the Reclaimer could be the first to come by
    impl_.set_probe({reached, this});
    thread_ = std::thread([this, operation] {
      operation();
      Phase expected = Phase::armed;
      phase_.compare_exchange_strong(expected, Phase::missed);
      phase_.notify_all();
    });
    phase_.wait(Phase::armed);
  }
  ~StoppedWriter() {
    if (thread_.joinable()) let_go();
    impl_.drain();
    impl_.set_probe({});
  }
  StoppedWriter(const StoppedWriter&) = delete;
  StoppedWriter& operator=(const StoppedWriter&) = delete;

  bool is_stopped() const noexcept { return phase_.load() == Phase::stopped; }

  /// Lets the writer go on to the end of its operation.
  void let_go() {
    phase_.store(Phase::released);
    phase_.notify_all();
    thread_.join();
  }

 private:
  enum class Phase : unsigned char { armed, stopped, released, missed };

  static void reached(void* context, const char* point) {
    auto& self = *static_cast<StoppedWriter*>(context);
    Phase expected = Phase::armed;
    if (self.point_ != point || !self.phase_.compare_exchange_strong(expected, Phase::stopped)) {
      return;
    }
    self.phase_.notify_all();
    self.phase_.wait(Phase::stopped);
  }

  internal::MatcherImpl& impl_;
  const std::string point_;
  std::atomic<Phase> phase_{Phase::armed};
  std::thread thread_;
};

}  // namespace sluice::race
