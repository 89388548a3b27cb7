#include "tests/server/delivery/simulation/sim_oracle.hpp"

#include <algorithm>
#include <utility>
#include <variant>

namespace sluice::testkit {

using journal::Sequence;

SimOracle::SimOracle(SimWorld& world) : world_(world) {
  world.receivers.on_send = [this](const delivery::Delivery& each) { on_send(each); };
  world.receivers.on_arrival = [this](const delivery::Delivery& each) { on_arrival(each); };
  world.receivers.on_verdict = [this](const delivery::Delivery& each,
                                      const delivery::Verdict& verdict) {
    on_verdict(each, verdict);
  };
  world.records.on_change = [this](const delivery::RecordChange& each) { on_change(each); };
  world.progress.on_write = [this](auto) { on_progress(); };
  world.events.on_release = [this](Sequence below) { on_release(below); };
}

void SimOracle::note_published(Sequence sequence, const std::vector<std::uint32_t>& webhooks) {
  published_[sequence] = world_.loop.steady_now();
  for (const std::uint32_t number : webhooks) {
    const SimWebhook& webhook = world_.webhooks.all[number];
    for (const domain::Channel& channel : webhook.channels) {
      Truth& truth = channels_[channel.number];
      const delivery::ChannelPolicy policy = delivery::read_policy(channel, {});
      truth.webhook = number;
      truth.organisation = webhook.organisation;
      truth.is_ordered = policy.is_ordered && !truth.was_reconfigured;
      truth.max_in_flight = std::max<std::size_t>(truth.max_in_flight, policy.max_in_flight);
      truth.owed.insert(sequence);
      truth.uncovered.insert(sequence);
    }
  }
}

void SimOracle::expect_prompt(std::uint32_t channel, std::chrono::microseconds latency) {
  Truth& truth = channels_[channel];
  truth.latency = latency;
  truth.prompt_from = world_.events.committed_through() + 1;
}

void SimOracle::note_removed(std::uint32_t channel) {
  Truth& truth = channels_[channel];
  truth.is_removed = true;
  truth.owed.clear();
  truth.uncovered.clear();
  truth.unrecorded.clear();
}

void SimOracle::note_added(const SimWebhook& webhook, const domain::Channel& channel) {
  Truth& truth = channels_[channel.number];
  truth.webhook = webhook.number;
  truth.organisation = webhook.organisation;
  truth.max_in_flight = delivery::read_policy(channel, {}).max_in_flight;
}

void SimOracle::note_reconfigured(const domain::Channel& channel) {
  Truth& truth = channels_[channel.number];
  truth.was_reconfigured = true;  // what was sent before need not be in order
  truth.is_ordered = false;
  truth.max_in_flight =
      std::max<std::size_t>(truth.max_in_flight, delivery::read_policy(channel, {}).max_in_flight);
}

void SimOracle::note_taken_back(Sequence committed) {
  for (auto& [channel, truth] : channels_) {
    truth.owed.erase(truth.owed.upper_bound(committed), truth.owed.end());
    truth.uncovered.erase(truth.uncovered.upper_bound(committed), truth.uncovered.end());
    const auto is_lost = [committed](Sequence sequence) { return sequence > committed; };
    std::erase_if(truth.arrived, is_lost);
    std::erase_if(truth.dead, is_lost);
    std::erase_if(truth.may_repeat, is_lost);
    truth.last_in_order = std::min(truth.last_in_order, committed);
  }
}

void SimOracle::note_crash(bool forgets) {
  // Where progress is older than the rows, an event may come from both.
  if (forgets || world_.progress.was_refused)
    for (const auto& [key, row] : world_.records.waiting_rows)
      channels_[key.first].may_repeat.insert(row.events.begin(), row.events.end());
  for (auto& [channel, truth] : channels_) {
    std::size_t unknown = 0;
    for (const auto& [id, delivery] : truth.unrecorded) {
      if (is_recorded(channel, delivery)) continue;
      // What an earlier crash has brought twice comes again without this one.
      if (!truth.owed_twice.contains(delivery.events.front())) ++unknown;
      truth.may_repeat.insert(delivery.events.begin(), delivery.events.end());
    }
    if (!truth.is_removed && !world_.progress.was_refused &&
        unknown + truth.in_flight > truth.max_in_flight)
      fail("a crash repeats more than what was in flight, channel " + std::to_string(channel));
    truth.unrecorded.clear();
    truth.in_flight = 0;
    if (forgets) truth.may_repeat.insert(truth.arrived.begin(), truth.arrived.end());
  }
}

void SimOracle::note_restart() {
  has_begun_ = false;
  for (auto& [channel, truth] : channels_) truth.owed_twice.clear();
  const SimProgress::State& known = world_.progress.state;
  for (const auto& [key, row] : world_.records.waiting_rows) {
    const auto entry = known.channels.find(key.first);
    const Sequence frontier =
        entry == known.channels.end() ? known.fed_below : entry->second.frontier;
    if (row.first() >= frontier) channels_[key.first].owed_twice.insert(row.first());
  }
}

std::size_t SimOracle::owed() const {
  std::size_t count = 0;
  for (const auto& [channel, truth] : channels_) count += truth.owed.size();
  return count;
}

void SimOracle::check_nothing_is_owed() {
  for (const auto& [channel, truth] : channels_) {
    if (truth.owed.empty()) continue;
    fail("channel " + std::to_string(channel) + " never got " + std::to_string(truth.owed.size()) +
         " events, the first is " + std::to_string(*truth.owed.begin()));
  }
}

// Until the records have answered nothing can be sent, and then much may be owed at once.
void SimOracle::note_begun() {
  if (std::exchange(has_begun_, true)) return;
  for (auto& [channel, truth] : channels_)
    if (truth.latency.count() > 0) truth.prompt_from = world_.events.committed_through() + 1;
}

void SimOracle::on_send(const delivery::Delivery& delivery) {
  note_begun();
  const std::uint32_t channel = delivery.target->channel.number;
  Truth& truth = channels_[channel];
  const auto webhook = world_.webhooks.all.find(delivery.target->webhook);
  if (truth.is_removed || webhook == world_.webhooks.all.end())
    return fail("a delivery of a removed channel was sent");
  if (!webhook->second.is_active) return fail("a delivery of a paused webhook was sent");
  if (++truth.in_flight > truth.max_in_flight)
    fail("channel " + std::to_string(channel) + " has more deliveries in flight than allowed");
  for (const delivery::OwedEvent& event : delivery.events) {
    const SimJournal::Event* kept = world_.events.find(event.sequence);
    if (kept == nullptr) return fail("an event was sent that is no longer kept");
    if (kept->organisation != truth.organisation)
      return fail("an event was sent to another organisation's webhook");
  }
}

void SimOracle::on_verdict(const delivery::Delivery& delivery, const delivery::Verdict& verdict) {
  Truth& truth = channels_[delivery.target->channel.number];
  truth.in_flight -= truth.in_flight > 0 ? 1 : 0;
  if (verdict.decision == delivery::Decision::delivered) return;
  truth.unrecorded.erase(delivery.delivery_id);  // nobody knows that it arrived
  for (const delivery::OwedEvent& event : delivery.events)
    if (truth.arrived.contains(event.sequence)) truth.may_repeat.insert(event.sequence);
}

void SimOracle::on_arrival(const delivery::Delivery& delivery) {
  const std::uint32_t channel = delivery.target->channel.number;
  Truth& truth = channels_[channel];
  if (truth.is_removed) return;
  for (const delivery::OwedEvent& event : delivery.events) arrive(truth, delivery, event);
  Unrecorded unrecorded;
  for (const delivery::OwedEvent& event : delivery.events)
    unrecorded.events.push_back(event.sequence);
  truth.unrecorded[delivery.delivery_id] = std::move(unrecorded);
  if (truth.unrecorded.size() > 2 * truth.max_in_flight + 8)
    std::erase_if(truth.unrecorded,
                  [&](const auto& each) { return is_recorded(channel, each.second); });
}

void SimOracle::arrive(Truth& truth, const delivery::Delivery& delivery,
                       const delivery::OwedEvent& event) {
  ++arrivals;
  truth.uncovered.erase(event.sequence);
  if (truth.owed.erase(event.sequence) == 0) {
    ++repetitions;
    if (truth.dead.contains(event.sequence)) return;  // it died while it was on its way
    if (!truth.arrived.contains(event.sequence) && !matched(truth.webhook, event.sequence))
      return fail("an event arrived that was never owed: " + std::to_string(event.sequence));
    if (!truth.arrived.insert(event.sequence).second && !truth.may_repeat.contains(event.sequence))
      fail("event " + std::to_string(event.sequence) + " arrived twice at channel " +
           std::to_string(delivery.target->channel.number) + ", attempt " +
           std::to_string(delivery.attempt));
    return;
  }
  truth.arrived.insert(event.sequence);
  if (truth.is_ordered) {
    if (event.sequence < truth.last_in_order) fail("an ordered channel got events out of order");
    truth.last_in_order = event.sequence;
  }
  if (truth.latency.count() == 0 || event.sequence < truth.prompt_from) return;
  if (world_.loop.steady_now() - published_[event.sequence] > truth.latency)
    fail("a prompt receiver was kept waiting for event " + std::to_string(event.sequence));
}

// A channel that a webhook got a moment after an event may be given that event, or not.
bool SimOracle::matched(std::uint32_t webhook, Sequence sequence) const {
  const SimJournal::Event* event = world_.events.find(sequence);
  return event != nullptr && std::find(event->webhooks.begin(), event->webhooks.end(), webhook) !=
                                 event->webhooks.end();
}

bool SimOracle::is_recorded(std::uint32_t channel, const Unrecorded& delivery) const {
  const bool waits = world_.records.waiting_rows.contains({channel, delivery.events.front()});
  return !waits && std::all_of(delivery.events.begin(), delivery.events.end(), [&](Sequence each) {
    return world_.progress.is_done(channel, each);
  });
}

void SimOracle::on_change(const delivery::RecordChange& changed) {
  std::visit([this](const auto& each) { change(each); }, changed);
}

void SimOracle::change(const delivery::WaitingDelivery& row) {
  Truth& truth = channels_[row.channel];
  for (const Sequence event : row.events) {
    truth.uncovered.erase(event);
    if (row.attempts > 0) continue;  // not asked for by anybody
    if (truth.arrived.contains(event)) {
      truth.may_repeat.insert(event);
    } else {
      truth.dead.erase(event);
      truth.owed.insert(event);
    }
  }
}

void SimOracle::change(const delivery::DeliveredAfterWaiting& row) {
  if (channels_[row.channel].owed.contains(row.first)) fail("a row ended without an arrival");
}

void SimOracle::change(const delivery::DeadDelivery& row) {
  Truth& truth = channels_[row.channel];
  ++dead;
  if (truth.latency.count() > 0) fail("an event of a prompt receiver was given up: " + row.reason);
  for (const Sequence event : row.events) {
    truth.owed.erase(event);
    truth.uncovered.erase(event);
    truth.dead.insert(event);
  }
}

void SimOracle::change(const delivery::ChannelGone& gone) {
  if (!channels_[gone.channel].is_removed && owed(gone.channel) > 0)
    fail("a channel was given up that is still there");
}

void SimOracle::on_progress() {
  note_begun();
  for (const auto& [channel, truth] : channels_) {
    for (const Sequence event : truth.uncovered) {
      const auto entry = world_.progress.state.channels.find(channel);
      const Sequence frontier = entry == world_.progress.state.channels.end()
                                    ? world_.progress.state.fed_below
                                    : entry->second.frontier;
      if (event >= frontier) break;
      if (world_.progress.is_done(channel, event))
        return fail("event " + std::to_string(event) + " counts as done for channel " +
                    std::to_string(channel));
    }
  }
}

void SimOracle::on_release(Sequence below) {
  for (const auto& [channel, truth] : channels_)
    if (!truth.owed.empty() && *truth.owed.begin() < below)
      return fail("event " + std::to_string(*truth.owed.begin()) + " was released, and is owed");
}

void SimOracle::fail(const std::string& what) {
  if (failure_.empty()) failure_ = what;
}

}  // namespace sluice::testkit
