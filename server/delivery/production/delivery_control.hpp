// The dispatcher as other threads use it: each call goes to the loop and waits for its answer.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/mutex.hpp"
#include "delivery/delivery_id.hpp"
#include "delivery/dispatcher.hpp"
#include "delivery/loop.hpp"

namespace sluice::delivery {

/// What an organisation's channels are owed, now.
struct Owed {
  std::uint64_t deliveries = 0;  // all of them
  std::uint64_t waiting = 0;     // of these, for a later attempt
  std::uint64_t open_circuits = 0;
  std::uint64_t paused_channels = 0;
};

struct DeliveryFigures {
  Owed owed;
  AttemptCounts attempts;  // since the start
};

using FiguresByOrganisation = std::unordered_map<std::uint32_t, DeliveryFigures>;

/// Thread safety: every member, from any thread but the loop's. Lifetime: `loop` and `dispatcher`
/// outlive every call. A call that the loop does not answer in time gives nothing: it is stopping.
class DeliveryControl {
 public:
  DeliveryControl(Loop& loop, Dispatcher& dispatcher, const DeliveryIds::Secret& id_secret)
      : loop_(loop), dispatcher_(dispatcher), id_secret_(id_secret) {}

  /// The loop is about to end: who waits for an answer, and who asks from now on, gets nothing.
  void close();

  void webhook_changed(std::uint32_t webhook);
  void webhook_removed(std::uint32_t webhook);

  /// The attempts of each channel; waits for the slowest.
  std::optional<std::vector<AttemptRecord>> test(std::uint32_t webhook, OwedEvent event);
  /// What the name of a delivery stands for; nothing: no such name was ever made. Does not ask the
  /// loop.
  std::optional<DeliveryKey> key_of(std::string_view delivery_id) const;
  /// Waits until every attempt so far is in the records, and how its delivery stands.
  [[nodiscard]] bool flush();
  std::optional<RetryAnswer> retry(std::string_view delivery_id);
  /// Nothing: it goes on, and will end by itself.
  std::optional<RecoverReport> recover(RecoverRequest request);
  std::optional<DispatcherStats> stats();
  /// Those of each of `organisations`. Complexity: O(channels with something owed, and `organisations`,
  /// a kilobyte each), on the loop.
  std::optional<FiguresByOrganisation> figures(std::vector<std::uint32_t> organisations);

 private:
  template <class Answer, class Ask>
  std::optional<Answer> ask(std::chrono::seconds patience, Ask&& ask);

  Loop& loop_;
  Dispatcher& dispatcher_;
  const DeliveryIds::Secret id_secret_;
  base::Mutex mutex_;  // the answers that are waited for, too
  base::Condition changed_;
  bool is_closed_ SLUICE_GUARDED_BY(mutex_) = false;
};

}  // namespace sluice::delivery
