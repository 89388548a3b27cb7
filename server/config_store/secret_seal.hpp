// Seals and opens the secrets in a channel's settings.
#pragma once

#include <boost/json/object.hpp>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/vault.hpp"
#include "domain/channel.hpp"

namespace sluice::store {

/// Each secret is bound to the channel's row and to its place in the settings: sealed text that is
/// moved to another webhook, channel or setting does not open.
/// Thread safety: any thread. Lifetime: within those of its arguments.
class SecretSeal {
 public:
  SecretSeal(const base::Vault& vault, std::string_view webhook_id, std::uint32_t channel) noexcept
      : vault_(vault), webhook_id_(webhook_id), channel_(channel) {}

  /// The settings as JSON text, with every secret sealed.
  std::string seal(domain::ChannelKind kind, boost::json::object configs) const;
  /// Undoes seal(). False: a secret does not open, or the text is no JSON object.
  bool open(domain::ChannelKind kind, std::string_view text, boost::json::object& configs) const;

 private:
  std::string context_of(std::string_view place) const;

  const base::Vault& vault_;
  std::string_view webhook_id_;
  std::uint32_t channel_;
};

}  // namespace sluice::store
