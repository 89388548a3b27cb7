// The routes of webhooks: create, list, show, replace, patch, delete.
#pragma once

#include <functional>
#include <optional>

#include "api/parameters.hpp"
#include "api/route.hpp"
#include "api/webhook_publisher.hpp"
#include "base/mutex.hpp"
#include "base/random.hpp"
#include "config_store/webhooks.hpp"
#include "domain/catalogue.hpp"
#include "domain/webhook_reader.hpp"

namespace sluice::api {

/// Lifetime: what it is given outlives it.
class WebhooksApi {
 public:
  WebhooksApi(store::Webhooks& store, WebhookPublisher& publisher,
              const domain::Catalogue& catalogue, const domain::UrlRules& urls,
              base::Random& random);

  void add_to(Routes& routes);

  /// The webhook that `identifier` means: its id, or a name that no other webhook of the
  /// organisation has. Errors: ApiError 404, 409.
  domain::Webhook find(std::uint32_t organisation, std::string_view identifier) const;

  /// The webhook was changed in the store by others than callers: what is there now is published.
  void republish(std::uint32_t number);

  /// Does `change` with no other change by a caller under way, so that what is stored last is
  /// published last. It gives nothing where the webhook is not what it has read any more, since
  /// delivery has disabled it: then it is done once more.
  http::Response change(const std::function<std::optional<http::Response>()>& change);

 private:
  http::Response create(const Call& call);
  http::Response list(const Call& call) const;
  http::Response list_plain(const Call& call) const;
  http::Response show(const Call& call) const;
  http::Response replace(const Call& call);
  http::Response patch(const Call& call);
  http::Response erase(const Call& call);

  store::WebhookPage page_of(const Call& call, Parameters& given,
                             const store::WebhookFilter& filter,
                             const store::WebhookPageRequest& request) const;
  std::optional<http::Response> store_draft(const Call& call, const domain::Webhook& current,
                                            const boost::json::value& body);
  domain::WebhookDraft read(const boost::json::value& body, const domain::Webhook* previous) const;

  store::Webhooks& store_;
  WebhookPublisher& publisher_;
  const domain::Catalogue& catalogue_;
  const domain::UrlRules& urls_;
  base::Random& random_;
  base::Mutex changes_;
};

}  // namespace sluice::api
