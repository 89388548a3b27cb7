// How a webhook lies in the tables: one row, one for each channel, one for its health.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/vault.hpp"
#include "config_store/database.hpp"
#include "domain/webhook.hpp"

namespace sluice::store {

/// Used within a transaction of its Database.
class WebhookRows {
 public:
  WebhookRows(Database& database, const base::Vault& vault) noexcept
      : database_(database), vault_(vault) {}

  std::optional<domain::Webhook> find(std::uint32_t organisation, std::string_view webhook_id);
  std::optional<domain::Webhook> find(std::uint32_t number);
  bool exists(std::string_view webhook_id);

  /// Stores a webhook that has no number yet; gives it one, and its channels theirs.
  void insert(domain::Webhook& webhook);
  /// Stores what has changed of `before`. Channels of `after` that have a number keep it; the others
  /// get one, and what is left of before's channels goes.
  void update(const domain::Webhook& before, domain::Webhook& after);

 private:
  domain::Webhook read(const Statement& row);
  std::vector<domain::Channel> read_channels(std::uint32_t webhook, std::string_view webhook_id);
  void insert_channel(const domain::Webhook& webhook, std::size_t position);
  std::uint32_t next_channel_number();
  void insert_event_types(const domain::Webhook& webhook);

  Database& database_;
  const base::Vault& vault_;
};

/// The text of the column event_types, and back.
std::string join_event_types(const std::vector<std::string>& event_types);
/// Views into `text`.
void split_event_types(std::string_view text, std::vector<std::string_view>& event_types);

}  // namespace sluice::store
