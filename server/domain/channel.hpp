// One way to reach a receiver: its kind, and the settings of that kind as they were normalised by
// read_webhook. The settings stay JSON, since the store, the API and the senders all want that.
#pragma once

#include <boost/json/object.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sluice::domain {

enum class ChannelKind : std::uint8_t { webhook, slack, email, sms };

/// The kind as the API spells it. Static storage.
std::string_view to_text(ChannelKind kind) noexcept;

/// The kind that `text` spells, if any.
std::optional<ChannelKind> channel_kind_from(std::string_view text) noexcept;

struct Channel {
  std::uint32_t number = 0;  ///< the store's; kept by updates, see Webhooks::replace()
  ChannelKind kind = ChannelKind::webhook;
  boost::json::object configs;        ///< normalised, secrets in clear
  bool has_generated_secret = false;  ///< by the write that made this value; never stored
};

/// Where the channel delivers to, as text that is equal for equal targets: the URL of a webhook or
/// of Slack, Slack's token and channel, the addresses, the phone numbers. It may hold secrets.
std::string target_of(const Channel& channel);

/// Whether kind and settings are the same; numbers do not count.
bool have_same_content(const Channel& one, const Channel& other);

}  // namespace sluice::domain
