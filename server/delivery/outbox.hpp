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
  /// Ends what waited in the book or in the records only, and crowds the journal's backlog.
  void give_up_waiting(DeliveryChannel& channel, WaitingBook::Entry entry);
  /// Puts in once more what was taken before.
  void repeat(InFlightTable::Id id);
  bool is_empty() const noexcept { return taken_.empty(); }
  /// Sends what was taken.
  void send(TimePoint now);

  /// Deliveries that were given up since they crowded the journal's backlog.
  std::uint64_t crowding() const noexcept { return crowding_; }

 private:
  bool fill_from(bool is_proven, TimePoint now);
  void take(DeliveryChannel& channel, DeliveryChannel::Work work, TimePoint now);
  InFlightTable::Id take_queued(DeliveryChannel& channel, DeliveryChannel::Work work,
                                TimePoint now);
  InFlightTable::Id add_waiting(DeliveryChannel& channel, WaitingBook::Entry entry);
  void give_up(InFlightTable::Id id, const char* reason);
  void send(InFlightTable::Id id, InFlight& delivery);
  /// The events; false: some of them could not be read.
  bool read_events(InFlight& delivery, std::vector<OwedEvent>& events);
  bool fits(journal::Sequence sequence, std::size_t& bytes);

  Parts parts_;
  EventTypeReader types_;
  std::vector<InFlightTable::Id> taken_;
  std::size_t given_up_ = 0;  // in this step
  std::uint64_t crowding_ = 0;
  bool begins_with_proven_ = false;
};

}  // namespace sluice::delivery
