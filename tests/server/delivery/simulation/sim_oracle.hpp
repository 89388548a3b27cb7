// Watches a simulated world and says when a guarantee is broken: what is owed is always recoverable
// from what has been written (D1, D2), nothing goes to another organisation (D3), a healthy receiver
// is never kept waiting (D4), and a crash repeats what was in flight at most.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "delivery/channel_policy.hpp"
#include "tests/server/delivery/simulation/sim_world.hpp"

namespace sluice::testkit {

class SimOracle {
 public:
  explicit SimOracle(SimWorld& world);

  /// Something was published for these webhooks.
  void note_published(journal::Sequence sequence, const std::vector<std::uint32_t>& webhooks);
  /// Deliveries to the channel must arrive within `latency`, from now on, but for what a process
  /// finds when it begins to deliver.
  void expect_prompt(std::uint32_t channel, std::chrono::microseconds latency);
  /// The channel, and all that it is owed, is no more.
  void note_removed(std::uint32_t channel);
  /// A webhook that was there before got one more channel.
  void note_added(const SimWebhook& webhook, const domain::Channel& channel);
  /// The channel got other settings.
  void note_reconfigured(const domain::Channel& channel);
  /// Events up to here are still owed, those beyond were taken back by a power cut.
  void note_taken_back(journal::Sequence committed);
  /// The process is about to be killed. `forgets`: and what it wrote last is lost too.
  void note_crash(bool forgets);
  /// A process is about to begin with what is on the disk now.
  void note_restart();
  /// Everything must have arrived, or be dead.
  void check_nothing_is_owed();

  /// What was broken first; empty: nothing.
  const std::string& failure() const { return failure_; }

  std::uint64_t arrivals = 0;
  std::uint64_t repetitions = 0;
  std::uint64_t dead = 0;
  std::size_t owed() const;
  std::size_t owed(std::uint32_t channel) const {
    const auto found = channels_.find(channel);
    return found == channels_.end() ? 0 : found->second.owed.size();
  }

 private:
  struct Unrecorded {
    std::vector<journal::Sequence> events;
  };
  struct Truth {
    std::uint32_t webhook = 0;
    std::uint32_t organisation = 0;
    bool is_removed = false;
    bool is_ordered = false;
    bool was_reconfigured = false;
    std::size_t max_in_flight = 0;
    std::size_t in_flight = 0;
    std::set<journal::Sequence> owed;       // neither arrived nor dead
    std::set<journal::Sequence> uncovered;  // of those, the ones without a durable row
    std::unordered_set<journal::Sequence> arrived;
    std::unordered_set<journal::Sequence> dead;
    std::unordered_set<journal::Sequence> may_repeat;
    std::unordered_set<journal::Sequence> owed_twice;  // rows that progress knew not of at the start
    std::map<std::string, Unrecorded> unrecorded;  // arrived, and a restart would not know it
    journal::Sequence last_in_order = 0;
    std::chrono::microseconds latency{0};
    journal::Sequence prompt_from = 0;
  };

  void note_begun();
  void on_send(const delivery::Delivery& delivery);
  void on_arrival(const delivery::Delivery& delivery);
  void arrive(Truth& truth, const delivery::Delivery& delivery, const delivery::OwedEvent& event);
  void on_verdict(const delivery::Delivery& delivery, const delivery::Verdict& verdict);
  void on_change(const delivery::RecordChange& change);
  void on_progress();
  void on_release(journal::Sequence below);
  bool matched(std::uint32_t webhook, journal::Sequence sequence) const;
  bool is_recorded(std::uint32_t channel, const Unrecorded& delivery) const;
  void fail(const std::string& what);

  void change(const delivery::WaitingDelivery& row);
  void change(const delivery::DeliveredAfterWaiting& row);
  void change(const delivery::DeadDelivery& row);
  void change(const delivery::ChannelGone& gone);
  void change(const delivery::AttemptRecord&) {}
  void change(const delivery::HealthRecord&) {}
  void change(const delivery::DisabledWebhook&) {}

  SimWorld& world_;
  std::unordered_map<std::uint32_t, Truth> channels_;
  std::unordered_map<journal::Sequence, SimLoop::TimePoint> published_;
  std::string failure_;
  bool has_begun_ = false;  // the process that runs has begun to deliver
};

}  // namespace sluice::testkit
