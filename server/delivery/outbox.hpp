// Takes deliveries from the channels whose turn it is and hands them to the Sender: in two steps, so
// that what has been taken is written down before it is sent.
#pragma once

#include <chrono>
#include <cstddef>
#include <utility>
#include <vector>

#include "base/clock.hpp"
#include "delivery/delivery_id.hpp"
#include "delivery/event_cache.hpp"
#include "delivery/event_type_reader.hpp"
#include "delivery/in_flight_table.hpp"
#include "delivery/progress_writer.hpp"
#include "delivery/scheduler.hpp"
#include "delivery/sender.hpp"
#include "delivery/settlement.hpp"

namespace sluice::delivery {

/// Thread safety: none.
class Outbox {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  struct Parts {
    const base::Clock& clock;
    Sender& sender;
    EventCache& cache;
    Scheduler& scheduler;
    InFlightTable& table;
    ProgressWriter& progress;
    DeliveryIds& ids;
    Settlement& settlement;
  };

  explicit Outbox(const Parts& parts) : parts_(parts) {}

  /// Takes some deliveries. True: more could be taken now.
  bool fill(TimePoint now);
  /// Puts in once more what was taken before.
  void repeat(InFlightTable::Id id);
  bool is_empty() const noexcept { return taken_.empty(); }
  /// Sends what was taken.
  void send(TimePoint now);

 private:
  bool fill_from(bool is_proven, TimePoint now);
  void take(DeliveryChannel& channel, DeliveryChannel::Work work, TimePoint now);
  void send(InFlightTable::Id id, InFlight& delivery);
  /// The events; false: some of them could not be read.
  bool read_events(InFlight& delivery, std::vector<OwedEvent>& events);
  bool fits(journal::Sequence sequence, std::size_t& bytes);

  Parts parts_;
  EventTypeReader types_;
  std::vector<InFlightTable::Id> taken_;
  bool begins_with_proven_ = false;
};

}  // namespace sluice::delivery
