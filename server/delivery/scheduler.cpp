#include "delivery/scheduler.hpp"

namespace sluice::delivery {

void Scheduler::touch(DeliveryChannel& channel, TimePoint now) {
  const DeliveryChannel::Step step = channel.next(now);
  timetable_.move(channel, channel.wake_at, step.wake);
  channel.wake_at = step.wake;
  if (step.work == DeliveryChannel::Work::none) {
    unlist(channel);
  } else if (!channel.is_ready || channel.is_ready_as_proven != channel.is_proven()) {
    unlist(channel);
    list(channel);
  }
}

void Scheduler::look_at_due(TimePoint now,
                            const std::function<void(DeliveryChannel&)>& look_at) {
  while (DeliveryChannel* channel = timetable_.due(now)) {
    timetable_.move(*channel, channel->wake_at, Timetable::kNever);
    channel->wake_at = Timetable::kNever;
    look_at(*channel);
    if (channel->wake_at <= now) break;  // a clock that stands still must not hold the loop here
  }
}

void Scheduler::forget(DeliveryChannel& channel) {
  unlist(channel);
  timetable_.move(channel, channel.wake_at, Timetable::kNever);
  channel.wake_at = Timetable::kNever;
}

void Scheduler::rotate(DeliveryChannel& channel) {
  std::list<DeliveryChannel*>& list = list_of(channel);
  list.splice(list.end(), list, channel.ready_place);
}

void Scheduler::list(DeliveryChannel& channel) {
  channel.is_ready = true;
  channel.is_ready_as_proven = channel.is_proven();
  std::list<DeliveryChannel*>& list = list_of(channel);
  list.splice(list.end(), channel.ready_node, channel.ready_place);
}

void Scheduler::unlist(DeliveryChannel& channel) {
  if (!channel.is_ready) return;
  channel.ready_node.splice(channel.ready_node.end(), list_of(channel), channel.ready_place);
  channel.is_ready = false;
}

}  // namespace sluice::delivery
