// From a request body to a webhook, or to everything that is wrong with it.
#pragma once

#include <boost/json/value.hpp>
#include <variant>
#include <vector>

#include "base/random.hpp"
#include "domain/catalogue.hpp"
#include "domain/url.hpp"
#include "domain/validation_error.hpp"
#include "domain/webhook.hpp"

namespace sluice::domain {

inline constexpr std::size_t kMaxEventTypes = 1'000;  // of one webhook
inline constexpr std::size_t kMaxChannels = 32;       // of one webhook
inline constexpr std::size_t kMaxNameCharacters = 200;
inline constexpr std::size_t kMaxDescriptionCharacters = 4'096;

/// What reading depends on besides the body. Lifetime: everything outlives the call.
struct ReadContext {
  const Catalogue& catalogue;
  base::Random& random;     ///< makes the signing secrets that the body leaves out
  const Webhook* previous;  ///< the stored webhook that PUT or PATCH replaces; null for a create
  const UrlRules& urls;
};

/// Reads a whole webhook: the body of POST and PUT, or a PATCH that was merged into
/// show_webhook(previous, Reveal::masked). Unknown fields are ignored, optional ones may be null.
///
/// A channel of `previous` that has the same target, or else the same place and kind, lends its
/// secrets: a masked value sent back keeps the stored one, and a webhook channel without `secret`
/// keeps its own. Stored header values are lent to the same origin only, so that nobody who may
/// write a webhook can have them sent elsewhere.
///
/// Errors: every problem of the body, in its order. Thread safety: pure but for `random`.
std::variant<WebhookDraft, std::vector<ValidationError>> read_webhook(
    const boost::json::value& body, const ReadContext& context);

}  // namespace sluice::domain
