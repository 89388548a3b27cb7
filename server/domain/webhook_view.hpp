// Webhooks as responses show them.
#pragma once

#include <boost/json/object.hpp>
#include <cstdint>

#include "domain/webhook.hpp"

namespace sluice::domain {

/// Which secrets a response shows in clear. generated_secret: those that the write which made this
/// value generated (Channel::has_generated_secret); all others are masked in any case.
enum class Reveal : std::uint8_t { masked, generated_secret };

/// What a response holds of a webhook: everything but numbers and internal_id.
boost::json::object show_webhook(const Webhook& webhook, Reveal secrets);

}  // namespace sluice::domain
