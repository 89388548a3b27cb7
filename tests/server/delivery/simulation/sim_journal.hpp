// The journal of a simulation: events in memory, of which what was released may be dropped.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "delivery/event_source.hpp"

namespace sluice::testkit {

class SimJournal final : public delivery::EventSource {
 public:
  struct Event {
    std::uint32_t organisation = 0;
    base::Time accepted_at{};
    std::string json;
    std::vector<std::uint32_t> webhooks;
  };

  journal::Sequence append(Event event) {
    events_.push_back(std::move(event));
    return committed_through();
  }

  journal::Sequence committed_through() const override { return dropped_ + events_.size(); }
  std::unique_ptr<delivery::EventScan> scan(journal::Sequence from) override {
    return std::make_unique<Scan>(*this, from, true);
  }
  std::unique_ptr<delivery::EventScan> scan_owed(journal::Sequence from) override {
    return std::make_unique<Scan>(*this, from, false);
  }
  delivery::ReadOutcome read(journal::Sequence sequence, delivery::KeptEvent& event) override {
    if (fails_to_read) return delivery::ReadOutcome::failed;
    ++single_reads;
    if (sequence <= dropped_ || sequence > committed_through())
      return delivery::ReadOutcome::dropped;
    const Event& found = events_[sequence - dropped_ - 1];
    event.sequence = sequence;
    event.organisation = found.organisation;
    event.accepted_at = found.accepted_at;
    event.event_id = "evt_" + std::to_string(sequence);
    event.json = found.json;
    return delivery::ReadOutcome::event;
  }
  void release_below(journal::Sequence sequence) override {
    if (on_release) on_release(sequence);
    released_below_ = std::max(released_below_, sequence);
  }
  journal::Sequence released_below() const { return released_below_; }
  journal::Sequence crowded_below() const override {
    const std::uint64_t uncrowded = limit / 10 * 9;
    return backlog() > uncrowded ? committed_through() + 1 - uncrowded : 0;
  }
  /// Whether an event more would be taken.
  bool has_room() const { return backlog() <= limit; }

  /// Retention drops what was released, `most` of it.
  void drop_released(std::size_t most = std::numeric_limits<std::size_t>::max()) {
    for (; most > 0 && dropped_ + 1 < released_below_ && !events_.empty(); --most) {
      events_.pop_front();
      ++dropped_;
    }
  }
  /// A power cut takes back the newest events.
  void take_back(std::size_t count) {
    for (; count > 0 && !events_.empty(); --count) events_.pop_back();
  }
  const Event* find(journal::Sequence sequence) const {
    if (sequence <= dropped_ || sequence > committed_through()) return nullptr;
    return &events_[sequence - dropped_ - 1];
  }

  std::function<void(journal::Sequence)> on_release;
  bool fails_to_read = false;
  bool fails_to_search = false;  // for what was not owed
  std::size_t single_reads = 0;
  std::uint64_t limit = std::uint64_t{1} << 40U;  // of what is owed, in events

 private:
  class Scan final : public delivery::EventScan {
   public:
    Scan(SimJournal& journal, journal::Sequence from, bool is_search)
        : journal_(journal), next_(from), is_search_(is_search) {}

    delivery::ScanOutcome next(delivery::ScannedEvent& event) override {
      if (journal_.fails_to_read || (is_search_ && journal_.fails_to_search))
        return delivery::ScanOutcome::failed;
      next_ = std::max(next_, journal_.dropped_ + 1);
      if (next_ > journal_.committed_through()) return delivery::ScanOutcome::end;
      const Event& found = journal_.events_[next_ - journal_.dropped_ - 1];
      id_ = "evt_" + std::to_string(next_);
      event = {next_++, found.organisation, found.accepted_at, id_, found.json, found.webhooks};
      return delivery::ScanOutcome::event;
    }
    journal::Sequence position() const override { return next_; }
    std::uint64_t skip_damage() override {
      journal_.fails_to_read = false;
      ++next_;
      return 1;
    }

   private:
    SimJournal& journal_;
    journal::Sequence next_;
    bool is_search_;
    std::string id_;
  };

  std::uint64_t backlog() const {
    return committed_through() + 1 - std::max<journal::Sequence>(released_below_, 1);
  }

  std::deque<Event> events_;
  journal::Sequence dropped_ = 0;
  journal::Sequence released_below_ = 0;
};

}  // namespace sluice::testkit
