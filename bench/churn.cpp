#include "bench/churn.hpp"

namespace sluice::bench {

Churn::Churn(Contestant& contestant, const Workload& workload, std::size_t changes_per_second)
    : contestant_{contestant},
      workload_{workload},
      rate_{changes_per_second},
      held_(kSlots),
      latencies_{4 * changes_per_second},
      thread_{[this](const std::stop_token& is_stopped) { run(is_stopped); }} {}

void Churn::stop() {
  thread_.request_stop();
  thread_.join();
}

void Churn::run(const std::stop_token& is_stopped) {
  const TickScale clock;
  // It spins between changes, and at rate 0 too, so that only the changes tell the rates apart.
  while (!is_stopped.stop_requested()) {
    const auto due = static_cast<std::size_t>(clock.elapsed_seconds() * static_cast<double>(rate_));
    if (latencies_.size() >= due) continue;
    const std::uint64_t start = now_ticks();
    change(latencies_.size());
    latencies_.add(now_ticks() - start);
  }
  seconds_ = clock.elapsed_seconds();
  ns_per_tick_ = clock.ns_per_tick();
  remove_all();
}

void Churn::change(std::size_t number) {
  const std::size_t slot = number % kSlots;
  const SubscriptionId id{static_cast<std::uint32_t>(workload_.subscriptions().size() + slot)};
  if (held_[slot] != nullptr) {
    contestant_.remove(id, *held_[slot]);
    held_[slot] = nullptr;
    return;
  }
  // A large odd step visits the workload's patterns out of order.
  constexpr std::size_t kStep = 7'368'787;
  held_[slot] = &workload_.subscriptions()[number * kStep % workload_.subscriptions().size()];
  contestant_.add(id, *held_[slot]);
}

void Churn::remove_all() {
  for (std::size_t slot = 0; slot < kSlots; ++slot)
    if (held_[slot] != nullptr) change(slot);
}

}  // namespace sluice::bench
