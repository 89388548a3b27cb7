// A small world for the dispatcher: journal, records, progress, webhooks and receivers, which survive,
// and a process, which may end at any moment.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "delivery/dispatcher.hpp"
#include "tests/server/delivery/simulation/sim_journal.hpp"
#include "tests/server/delivery/simulation/sim_ledger.hpp"
#include "tests/server/delivery/simulation/sim_loop.hpp"
#include "tests/server/delivery/simulation/sim_progress.hpp"
#include "tests/server/delivery/simulation/sim_receivers.hpp"
#include "tests/server/delivery/simulation/sim_records.hpp"
#include "tests/server/delivery/simulation/sim_webhooks.hpp"
#include "tests/server/support/seeded_random.hpp"

namespace sluice::testkit {

class SimWorld {
 public:
  explicit SimWorld(std::uint64_t seed = 1) : seed_(seed) {}

  /// Begins a process.
  void start() {
    ++starts_;
    process_ = std::make_unique<Process>(*this);
    process_->ledger.pause = ledger_pause;
    process_->targets.pause = load_pause;
    process_->dispatcher->start();
  }
  /// Ends it at once: what it had not written is lost.
  void kill() {
    loop.clear();
    process_.reset();
  }
  bool is_running() const { return process_ != nullptr; }

  delivery::Dispatcher& dispatcher() { return *process_->dispatcher; }
  SimSender& sender() { return process_->sender; }
  SimLedger& ledger() { return process_->ledger; }

  /// Appends an event that matched `matched`, and tells the dispatcher.
  journal::Sequence publish(std::vector<std::uint32_t> matched, std::uint32_t organisation = 1,
                            std::string json = R"({"event_type":"thing.happened","n":1})") {
    const journal::Sequence sequence =
        events.append({organisation, loop.now(), std::move(json), std::move(matched)});
    if (process_) process_->dispatcher->committed();
    return sequence;
  }

  SimLoop loop;
  SimJournal events;
  SimRecords records;
  SimProgress progress;
  SimWebhooks webhooks;
  SimReceivers receivers;
  delivery::DispatcherOptions options;
  std::chrono::microseconds ledger_pause{2'000};
  std::chrono::microseconds load_pause{0};
  std::vector<std::uint32_t> disabled;  // webhooks that the dispatcher has disabled

 private:
  struct Process {
    explicit Process(SimWorld& world)
        : random(world.seed_ + world.starts_),
          sender(world.loop, world.receivers, world.seed_ * 31 + world.starts_),
          ledger(world.loop, world.records),
          targets(world.loop, world.webhooks, world.records) {
      delivery::DispatcherParts parts{world.loop,     world.loop, random,  sender, world.events,
                                      world.progress, ledger,     targets, {},     {}};
      parts.webhook_disabled = [&world](std::uint32_t webhook) {
        world.disabled.push_back(webhook);
      };
      dispatcher = std::make_unique<delivery::Dispatcher>(parts, world.options);
    }

    SeededRandom random;
    SimSender sender;
    SimLedger ledger;
    SimTargets targets;
    std::unique_ptr<delivery::Dispatcher> dispatcher;
  };

  std::uint64_t seed_;
  std::uint64_t starts_ = 0;
  std::unique_ptr<Process> process_;
};

}  // namespace sluice::testkit
