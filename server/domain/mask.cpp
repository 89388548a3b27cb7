#include "domain/mask.hpp"

#include "domain/secret.hpp"
#include "domain/url.hpp"

namespace sluice::domain {
namespace {

constexpr std::string_view kMask = "****";
constexpr std::size_t kShownCharacters = 4;
constexpr std::size_t kHiddenCharacters = 16;

}  // namespace

std::string mask_of(std::string_view secret) {
  std::string mask{kMask};
  if (secret.size() >= kHiddenCharacters + kShownCharacters) {
    mask += secret.substr(secret.size() - kShownCharacters);
  }
  return mask;
}

std::string mask_of_url(std::string_view url) {
  const auto parsed = parse_url(url);
  const Url* parts = std::get_if<Url>(&parsed);
  if (parts == nullptr) return mask_of(url);
  return (parts->is_secure ? "https://" : "http://") + parts->authority() + "/" +
         mask_of(parts->target);
}

bool is_mask(std::string_view text) noexcept {
  if (text.starts_with("http://") || text.starts_with("https://")) {
    const std::size_t path = text.find('/', text.find("//") + 2);
    return path != std::string_view::npos && text.substr(path + 1).starts_with(kMask);
  }
  return text.starts_with(kMask);
}

boost::json::object masked_configs(const Channel& channel) {
  boost::json::object configs = channel.configs;
  configs.erase(kRetiredSecrets);
  const boost::json::value* url =
      channel.kind == ChannelKind::slack ? configs.if_contains("webhook_url") : nullptr;
  const boost::json::string* const slack_url = url != nullptr ? url->if_string() : nullptr;
  for_each_secret(channel.kind, configs, [&](boost::json::string& secret) {
    secret = &secret == slack_url ? mask_of_url(secret) : mask_of(secret);
  });
  return configs;
}

}  // namespace sluice::domain
