// START HERE. The durable configuration: organisations, their keys, their webhooks, in one SQLite
// file that people may open, query and back up while the service runs.
#pragma once

#include <string>

#include "base/clock.hpp"
#include "base/random.hpp"
#include "base/vault.hpp"
#include "config_store/api_keys.hpp"
#include "config_store/connections.hpp"
#include "config_store/organisations.hpp"
#include "config_store/store_error.hpp"
#include "config_store/webhooks.hpp"

namespace sluice::store {

/// Several processes may have the same file open. What a call changed is durable when it returns.
/// Thread safety: every member, from any thread. Calls block: on the disk, and a change on other
/// changes. Lifetime: within those of the arguments.
class ConfigStore {
 public:
  /// Opens the file, makes it if there is none. `random` must be safe for several threads.
  /// Errors: StoreError (wrong_key: the file was made with another master key); std::bad_alloc.
  ConfigStore(const std::string& path, const base::Vault& vault, const base::Clock& clock,
              base::Random& random);

  Organisations& organisations() noexcept { return organisations_; }
  ApiKeys& api_keys() noexcept { return api_keys_; }
  Webhooks& webhooks() noexcept { return webhooks_; }

 private:
  Connections connections_;
  Organisations organisations_;
  ApiKeys api_keys_;
  Webhooks webhooks_;
};

}  // namespace sluice::store
