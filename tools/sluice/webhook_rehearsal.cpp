#include "webhook_rehearsal.hpp"

#include <boost/json.hpp>
#include <string>
#include <string_view>

#include "base/random.hpp"
#include "domain/secret.hpp"
#include "domain/webhook_reader.hpp"

namespace sluice::tool {
namespace {

namespace json = boost::json;

/// Where a service may send to is its operator's decision, which only the service knows.
class NoUrlRules final : public domain::UrlRules {
 public:
  std::optional<std::string> refuse(std::string_view) const override { return std::nullopt; }
};

/// A secret that has this mask, in the place of the stored one, so that a mask that comes back is
/// known. Every mask is `****` and up to four characters, after the origin if it is a URL's; the rest
/// is made so that it would do for a signing secret too, which ends with whole base64.
std::string stand_in(std::string_view mask) {
  const std::size_t stars = mask.find("****");
  if (stars == std::string_view::npos) return std::string{mask};
  const std::string_view shown = mask.substr(stars + 4);
  const std::string hidden = shown.empty() ? "x" : "whsec_" + std::string(40, 'A');
  return std::string{mask.substr(0, stars)} + hidden + std::string{shown};
}

/// The stored webhook as far as reading depends on it.
domain::Webhook stored_webhook(const json::object& shown) {
  domain::Webhook webhook;
  for (const json::value& element : shown.at("channels").as_array()) {
    const auto kind = domain::channel_kind_from(element.at("channel").as_string());
    if (!kind) continue;  // of a service newer than this program
    domain::Channel channel{
        .number = 0, .kind = *kind, .configs = element.at("configs").as_object()};
    domain::for_each_secret(channel.kind, channel.configs,
                            [](json::string& secret) { secret = stand_in(secret); });
    webhook.draft.channels.push_back(std::move(channel));
  }
  return webhook;
}

}  // namespace

json::array rehearse(const json::object& wanted, const json::object* current) {
  const domain::Catalogue catalogue;
  const NoUrlRules urls;
  base::SystemRandom random;
  const domain::Webhook previous = current != nullptr ? stored_webhook(*current) : domain::Webhook{};
  const auto read = domain::read_webhook(
      wanted, {.catalogue = catalogue,
               .random = random,
               .previous = current != nullptr ? &previous : nullptr,
               .urls = urls});
  const auto* errors = std::get_if<std::vector<domain::ValidationError>>(&read);
  return errors != nullptr ? domain::to_json(*errors) : json::array{};
}

}  // namespace sluice::tool
