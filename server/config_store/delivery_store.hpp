// START HERE. What deliveries leave behind: the log of attempts, retries, dead letters. A file of its
// own, because it is written all the time and may grow large: the configuration beside it stays
// small, quick to change and easy to back up.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <stop_token>
#include <string>

#include "base/clock.hpp"
#include "base/vault.hpp"
#include "config_store/attempts.hpp"
#include "config_store/connections.hpp"
#include "config_store/retries.hpp"
#include "config_store/store_error.hpp"

namespace sluice::store {

/// How much is kept; the oldest goes first. Retries are kept until they end.
struct DeliveryRetention {
  std::chrono::seconds age{std::chrono::hours{30 * 24}};  // of attempts and dead letters
  std::uint64_t attempts_per_webhook = 10'000;
  std::uint64_t dead_letters_per_webhook = 100'000;
};

/// Thread safety: every member, from any thread. Calls block: on the disk, and a change on other
/// changes. Lifetime: within those of the arguments.
class DeliveryStore {
 public:
  /// Opens the file, makes it if there is none. Errors: StoreError; std::bad_alloc.
  DeliveryStore(const std::string& path, const base::Vault& vault, const base::Clock& clock,
                const DeliveryRetention& retention = {});

  Attempts& attempts() noexcept { return attempts_; }
  Retries& retries() noexcept { return retries_; }

  /// Stores all changes, in their order, or none. Durable when it returns; give it hundreds at once.
  void write(std::span<const DeliveryChange> changes);

  /// The webhook is gone: its retries are seen no more, and prune() removes all that is left of it.
  void forget(std::uint32_t webhook);

  /// Removes what retention does not keep, in steps so small that writers do not notice; call it
  /// every minute or so from a thread that has time. Rows that were removed.
  std::uint64_t prune(const std::stop_token& stop = {});

 private:
  Connections connections_;
  const base::Clock& clock_;
  const DeliveryRetention retention_;
  Attempts attempts_;
  Retries retries_;
};

}  // namespace sluice::store
