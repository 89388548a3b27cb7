// The deliveries that are on their way, or whose end is being written down, and how much room there
// is for more.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "base/time.hpp"
#include "delivery/delivery_channel.hpp"

namespace sluice::delivery {

struct InFlight {
  enum class Origin : std::uint8_t { queue, waiting };

  DeliveryChannel* channel = nullptr;  // null: cancelled, whatever comes of it is of no account
  Origin origin = Origin::queue;
  bool was_repeated = false;  // after a refused connection
  bool is_probe = false;      // of its channel's half-open circuit, also while it is to be repeated
  bool counts_as_proven = false;
  bool is_used = false;
  std::uint32_t generation = 0;
  std::uint32_t attempts = 0;  // that failed before this one, as the schedule counts
  std::uint32_t made = 0;      // all attempts before this one
  std::size_t bytes = 0;       // of its events; 0 while it is not being sent
  base::Time began_at{};
  base::Time accepted_at{};  // of the first event, as what follows
  std::string event_id;
  std::string event_type;
  std::string recipients;  // RecipientOutcomes
  std::vector<journal::Sequence> events;
};

/// Channels whose last attempt succeeded may use all of the room, the others half of it: receivers
/// that hang fill their half until their deadlines, and delay nobody who answers (D4).
/// Thread safety: none. Lifetime: references live until erase().
class InFlightTable {
 public:
  using Id = std::uint64_t;

  InFlightTable(std::size_t most, std::size_t most_bytes) : most_(most), most_bytes_(most_bytes) {}

  bool has_room(bool is_proven) const noexcept;

  Id add(DeliveryChannel& channel, InFlight::Origin origin, std::vector<journal::Sequence> events,
         std::uint32_t attempts);
  /// It is being sent now, with so many bytes of events.
  void begin_send(Id id, std::size_t bytes);
  /// The delivery; null: it has ended.
  InFlight* find(Id id) noexcept;
  /// Its send is over.
  void end_send(Id id);
  void erase(Id id);

  std::size_t size() const noexcept { return used_; }
  std::size_t sending() const noexcept { return sending_; }
  std::size_t bytes() const noexcept { return proven_bytes_ + unproven_bytes_; }

 private:
  std::size_t most_;
  std::size_t most_bytes_;
  std::deque<InFlight> slots_;
  std::vector<std::uint32_t> free_;
  std::size_t used_ = 0;
  std::size_t sending_ = 0;
  std::size_t unproven_ = 0;
  std::size_t proven_bytes_ = 0;
  std::size_t unproven_bytes_ = 0;
};

}  // namespace sluice::delivery
