#include "domain/webhook.hpp"

#include <algorithm>

#include "domain/identifier.hpp"

namespace sluice::domain {
namespace {

constexpr std::string_view kIdPrefix = "wh_";
constexpr std::size_t kIdCharacters = 10;

}  // namespace

bool have_same_content(const WebhookDraft& one, const WebhookDraft& other) {
  const auto is_same_channel = [](const Channel& mine, const Channel& theirs) {
    return have_same_content(mine, theirs);
  };
  return one.name == other.name && one.description == other.description &&
         one.is_active == other.is_active && one.event_types == other.event_types &&
         std::ranges::equal(one.channels, other.channels, is_same_channel);
}

std::string make_webhook_id(base::Random& random) {
  return make_identifier(random, kIdPrefix, kIdCharacters);
}

}  // namespace sluice::domain
