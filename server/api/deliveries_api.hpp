// The routes of a webhook's deliveries: test, list, show, retry, recover, and a new signing secret.
#pragma once

#include "api/route.hpp"
#include "api/webhook_publisher.hpp"
#include "api/webhooks_api.hpp"
#include "base/random.hpp"
#include "config_store/attempts.hpp"
#include "delivery/production/delivery_control.hpp"

namespace sluice::api {

/// Lifetime: what it is given outlives it.
class DeliveriesApi {
 public:
  DeliveriesApi(WebhooksApi& webhooks, store::Webhooks& store, store::Attempts& attempts,
                WebhookPublisher& publisher, delivery::DeliveryControl& control,
                base::Random& random)
      : webhooks_(webhooks),
        store_(store),
        attempts_(attempts),
        publisher_(publisher),
        control_(control),
        random_(random) {}

  void add_to(Routes& routes);

 private:
  http::Response test(const Call& call);
  http::Response list(const Call& call) const;
  http::Response show(const Call& call);
  http::Response retry(const Call& call);
  http::Response recover(const Call& call);
  http::Response rotate_secret(const Call& call);

  /// What the delivery's name in the call stands for; whether there is such a delivery is another
  /// question. Errors: ApiError (404).
  delivery::DeliveryKey find_key(const Call& call) const;
  /// At least one. Errors: ApiError (404).
  std::vector<store::Attempt> find_attempts(const Call& call);
  domain::Webhook find(const Call& call) const {
    return webhooks_.find(call.organisation(), call.route.parameter("identifier"));
  }

  WebhooksApi& webhooks_;
  store::Webhooks& store_;
  store::Attempts& attempts_;
  WebhookPublisher& publisher_;
  delivery::DeliveryControl& control_;
  base::Random& random_;
};

}  // namespace sluice::api
