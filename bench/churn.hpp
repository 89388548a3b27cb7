// A writer that changes an index at a fixed pace, open-loop: a change that is late does not delay
// the ones after it, so that a slow engine falls behind in the open.
#pragma once

#include <cstddef>
#include <cstdint>
#include <thread>
#include <vector>

#include "bench/contestant.hpp"
#include "bench/latencies.hpp"

namespace sluice::bench {

/// Adds webhooks of its own, with patterns that the workload holds already, and removes them
/// again, in turn. Lifetime: starts when made; stop() or the end puts the index back as it was.
class Churn {
 public:
  /// The first id that it uses is the number of subscriptions of the workload.
  Churn(Contestant& contestant, const Workload& workload, std::size_t changes_per_second);

  void stop();

  /// After stop(): what was done, in how long, and each call's time.
  std::size_t changes() const noexcept { return latencies_.size(); }
  double seconds() const noexcept { return seconds_; }
  Latencies& latencies() noexcept { return latencies_; }
  double ns_per_tick() const noexcept { return ns_per_tick_; }

 private:
  static constexpr std::size_t kSlots = 1'024;  // webhooks that it holds at most

  void run(const std::stop_token& is_stopped);
  void change(std::size_t number);
  void remove_all();

  Contestant& contestant_;
  const Workload& workload_;
  const std::size_t rate_;
  std::vector<const Subscription*> held_;  // by slot; null: nothing
  Latencies latencies_;
  double seconds_ = 0;
  double ns_per_tick_ = 0;
  std::jthread thread_;  // the last member: it uses all others
};

}  // namespace sluice::bench
