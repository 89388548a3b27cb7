// What is secret in a channel's settings: the one definition, used by the masks of responses and by
// the store, which seals what for_each_secret finds.
#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/string.hpp>
#include <boost/json/value.hpp>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.hpp"
#include "domain/channel.hpp"

namespace sluice::base {
class Random;
}

namespace sluice::domain {

/// Secrets that a rotation replaced and that still sign: [{"secret", "valid_until"}], newest first.
/// The server's own setting of a webhook channel, in no request and no response.
inline constexpr std::string_view kRetiredSecrets = "retired_secrets";

/// A new signing secret: `whsec_` + base64 of 32 random bytes. Source: Standard Webhooks.
std::string make_secret(base::Random& random);

/// Whether `text` is `whsec_` + base64 of 24 to 64 bytes, or `whsk_` + base64 of an ed25519 seed, alone
/// or followed by its public key.
bool is_signing_secret(std::string_view text);

/// `whpk_` + base64 of the public key that verifies what a `whsk_` signs. Nothing: it is none.
std::optional<std::string> public_key_of(std::string_view secret);

/// Whether the value of a header of this name is to be hidden: it speaks of authorization, a token,
/// a secret, a key, a password, a cookie or a credential.
bool is_secret_header(std::string_view name);

/// Calls `f(boost::json::string&)` for every secret in `configs`, in the order they are stored in.
template <class F>
void for_each_secret(ChannelKind kind, boost::json::object& configs, F&& f);

/// Makes a new signing secret of the same kind for a webhook channel; the old one signs on until `valid_until`. Of
/// earlier ones, those still valid at `now` stay, three at most.
void rotate_secret(Channel& channel, base::Random& random, base::Time now, base::Time valid_until);

/// The secrets that sign at `now`, the current one first. Lifetime: views into the channel.
std::vector<std::string_view> valid_secrets(const Channel& channel, base::Time now);

// ------------------------------------------------------------------------------------------------

namespace detail {

template <class F>
void visit_secret(boost::json::object& configs, std::string_view name, F& f) {
  boost::json::value* setting = configs.if_contains(name);
  if (setting != nullptr && setting->is_string()) f(setting->get_string());
}

}  // namespace detail

template <class F>
void for_each_secret(ChannelKind kind, boost::json::object& configs, F&& f) {
  if (kind == ChannelKind::slack) {
    detail::visit_secret(configs, "webhook_url", f);
    detail::visit_secret(configs, "bot_token", f);
  }
  if (kind != ChannelKind::webhook) return;
  detail::visit_secret(configs, "secret", f);
  boost::json::value* retired = configs.if_contains(kRetiredSecrets);
  if (retired != nullptr && retired->is_array()) {
    for (boost::json::value& each : retired->get_array()) {
      if (each.is_object()) detail::visit_secret(each.get_object(), "secret", f);
    }
  }
  boost::json::value* headers = configs.if_contains("headers");
  if (headers == nullptr || !headers->is_object()) return;
  for (auto& header : headers->get_object()) {
    if (header.value().is_string() && is_secret_header(header.key()))
      f(header.value().get_string());
  }
}

}  // namespace sluice::domain
