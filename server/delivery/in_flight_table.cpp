#include "delivery/in_flight_table.hpp"

#include <algorithm>
#include <utility>

namespace sluice::delivery {
namespace {

std::uint32_t slot_of(InFlightTable::Id id) { return static_cast<std::uint32_t>(id); }

}  // namespace

bool InFlightTable::has_room(bool is_proven) const noexcept {
  if (used_ >= most_ || bytes() >= most_bytes_) return false;
  return is_proven || (unproven_ < (most_ + 1) / 2 && unproven_bytes_ < (most_bytes_ + 1) / 2);
}

InFlightTable::Id InFlightTable::add(DeliveryChannel& channel, InFlight::Origin origin,
                                     std::vector<journal::Sequence> events,
                                     std::uint32_t attempts) {
  if (free_.empty()) {
    free_.push_back(static_cast<std::uint32_t>(slots_.size()));
    slots_.emplace_back();
  }
  const std::uint32_t slot = free_.back();
  free_.pop_back();
  InFlight& delivery = slots_[slot];
  const std::uint32_t generation = delivery.generation + 1;
  delivery = {};
  delivery.channel = &channel;
  delivery.origin = origin;
  delivery.counts_as_proven = channel.is_proven();
  delivery.is_used = true;
  delivery.generation = generation;
  delivery.attempts = attempts;
  delivery.events = std::move(events);
  ++used_;
  unproven_ += delivery.counts_as_proven ? 0 : 1;
  const Id id = Id{generation} << 32U | slot;
  channel.in_flight.push_back(id);
  return id;
}

void InFlightTable::begin_send(Id id, std::size_t bytes) {
  InFlight& delivery = *find(id);
  delivery.bytes = std::max<std::size_t>(bytes, 1);
  (delivery.counts_as_proven ? proven_bytes_ : unproven_bytes_) += delivery.bytes;
  ++sending_;
}

InFlight* InFlightTable::find(Id id) noexcept {
  if (slot_of(id) >= slots_.size()) return nullptr;
  InFlight& delivery = slots_[slot_of(id)];
  return delivery.is_used && delivery.generation == id >> 32U ? &delivery : nullptr;
}

void InFlightTable::end_send(Id id) {
  InFlight& delivery = *find(id);
  if (delivery.bytes == 0) return;
  (delivery.counts_as_proven ? proven_bytes_ : unproven_bytes_) -= delivery.bytes;
  delivery.bytes = 0;
  --sending_;
}

void InFlightTable::erase(Id id) {
  InFlight& delivery = *find(id);
  end_send(id);
  if (delivery.channel != nullptr) std::erase(delivery.channel->in_flight, id);
  unproven_ -= delivery.counts_as_proven ? 0 : 1;
  --used_;
  delivery.is_used = false;
  delivery.channel = nullptr;
  delivery.events = {};
  free_.push_back(slot_of(id));
}

}  // namespace sluice::delivery
