// A DeliveryStore in a directory of its own, and rows to put into it.
#pragma once

#include <optional>
#include <string>
#include <utility>

#include "config_store/delivery_store.hpp"
#include "tests/server/config_store/store_rig.hpp"

namespace sluice::store {

struct DeliveryRig {
  testkit::TemporaryDirectory directory{testkit::memory_path()};
  testkit::ManualClock clock;
  base::Vault vault{test_key()};
  std::string path = directory / "deliveries.db";
  DeliveryRetention retention;
  std::optional<DeliveryStore> store{std::in_place, path, vault, clock, retention};

  void reopen() {
    store.reset();
    store.emplace(path, vault, clock, retention);
  }
  Attempt attempt_of(std::uint32_t webhook, AttemptOutcome outcome = AttemptOutcome::delivered,
                     const std::string& event_type = "object.created") {
    Attempt attempt;
    attempt.delivery_id = "dlv_" + std::to_string(++deliveries_);
    attempt.webhook = webhook;
    attempt.channel = webhook * 10;
    attempt.events = {deliveries_};
    attempt.event_id = "evt_" + std::to_string(deliveries_);
    attempt.event_type = event_type;
    attempt.at = clock.now();
    attempt.outcome = outcome;
    return attempt;
  }
  DeadLetter dead_of(std::uint32_t webhook, std::uint64_t sequence) {
    DeadLetter letter;
    letter.webhook = webhook;
    letter.channel = webhook * 10;
    letter.events = {sequence};
    letter.accepted_at = letter.at = clock.now();
    letter.event_id = "evt_" + std::to_string(sequence);
    letter.event_type = "object.created";
    letter.attempts = 10;
    letter.error = "timeout";
    return letter;
  }

 private:
  std::uint64_t deliveries_ = 0;
};

}  // namespace sluice::store
