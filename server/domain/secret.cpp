#include "domain/secret.hpp"

#include <algorithm>
#include <array>

#include "base/ed25519.hpp"
#include "base/encoding.hpp"
#include "base/random.hpp"

namespace sluice::domain {
namespace {

constexpr std::string_view kPrefix = "whsec_";
constexpr std::string_view kPrivatePrefix = "whsk_";
constexpr std::string_view kPublicPrefix = "whpk_";
constexpr std::size_t kMadeBytes = 32;  // an ed25519 seed has as many
constexpr std::size_t kMinBytes = 24;  // Standard Webhooks: 24 to 64 bytes
constexpr std::size_t kMaxBytes = 64;
constexpr std::size_t kMaxRetired = 3;
constexpr std::array<std::string_view, 8> kSecretWords{
    "auth", "token", "secret", "key", "password", "cookie", "credential", "signature"};

char to_lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

std::string random_key(base::Random& random) {
  std::array<std::byte, kMadeBytes> bytes{};
  random.fill(bytes);
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// A seed and its public key, as receivers of the old one expect it.
std::string make_private_key(base::Random& random) {
  std::string seed = random_key(random);
  seed += base::Ed25519Key::make(seed)->public_key();
  return std::string{kPrivatePrefix} + base::to_base64(seed);
}

bool is_valid_at(const boost::json::value& retired, base::Time now) {
  const boost::json::object* entry = retired.if_object();
  const boost::json::value* until = entry ? entry->if_contains("valid_until") : nullptr;
  if (until == nullptr || !until->is_string()) return false;
  const std::optional<base::Time> time = base::parse_iso8601(until->get_string());
  return time && now < *time;
}

}  // namespace

std::string make_secret(base::Random& random) {
  return std::string{kPrefix} + base::to_base64(random_key(random));
}

bool is_signing_secret(std::string_view text) {
  if (text.starts_with(kPrivatePrefix)) return public_key_of(text).has_value();
  if (!text.starts_with(kPrefix)) return false;
  const std::optional<std::string> key = base::from_base64(text.substr(kPrefix.size()));
  return key && key->size() >= kMinBytes && key->size() <= kMaxBytes;
}

std::optional<std::string> public_key_of(std::string_view secret) {
  if (!secret.starts_with(kPrivatePrefix)) return std::nullopt;
  const auto bytes = base::from_base64(secret.substr(kPrivatePrefix.size()));
  const auto key = bytes ? base::Ed25519Key::make(*bytes) : std::nullopt;
  if (!key) return std::nullopt;
  return std::string{kPublicPrefix} + base::to_base64(key->public_key());
}

bool is_secret_header(std::string_view name) {
  std::string lower(name);
  std::ranges::transform(lower, lower.begin(), to_lower);
  return std::ranges::any_of(
      kSecretWords, [&](std::string_view word) { return lower.find(word) != std::string::npos; });
}

void rotate_secret(Channel& channel, base::Random& random, base::Time now, base::Time valid_until) {
  boost::json::array retired;
  bool is_private_key = false;
  if (boost::json::value* old = channel.configs.if_contains("secret")) {
    is_private_key = old->is_string() && old->get_string().starts_with(kPrivatePrefix);
    retired.push_back(boost::json::object{{"secret", std::move(*old)},
                                          {"valid_until", base::to_iso8601(valid_until)}});
  }
  if (boost::json::value* earlier = channel.configs.if_contains(kRetiredSecrets)) {
    for (boost::json::value& each : earlier->as_array()) {
      if (retired.size() >= kMaxRetired || !is_valid_at(each, now)) continue;
      if (is_valid_at(each, valid_until))
        each.as_object()["valid_until"] = base::to_iso8601(valid_until);
      retired.push_back(std::move(each));
    }
  }
  channel.configs["secret"] = is_private_key ? make_private_key(random) : make_secret(random);
  channel.configs[kRetiredSecrets] = std::move(retired);
  channel.has_generated_secret = true;
}

std::vector<std::string_view> valid_secrets(const Channel& channel, base::Time now) {
  std::vector<std::string_view> secrets;
  const auto take_secret_of = [&](const boost::json::object& holder) {
    const boost::json::value* secret = holder.if_contains("secret");
    if (secret != nullptr && secret->is_string()) secrets.emplace_back(secret->get_string());
  };
  take_secret_of(channel.configs);
  const boost::json::value* retired = channel.configs.if_contains(kRetiredSecrets);
  if (retired == nullptr || !retired->is_array()) return secrets;
  for (const boost::json::value& each : retired->get_array()) {
    if (is_valid_at(each, now)) take_secret_of(each.get_object());
  }
  return secrets;
}

}  // namespace sluice::domain
