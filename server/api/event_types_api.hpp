// The routes that try patterns out: which event types are known, which of them a pattern covers,
// and which webhooks an event of some type would reach.
#pragma once

#include "api/route.hpp"
#include "config_store/webhooks.hpp"
#include "domain/catalogue.hpp"
#include "sluice/matcher.hpp"

namespace sluice::api {

/// Lifetime: what it is given outlives it.
class EventTypesApi {
 public:
  EventTypesApi(const domain::Catalogue& catalogue, const Matcher& matcher, store::Webhooks& store)
      : catalogue_(catalogue), matcher_(matcher), store_(store) {}

  void add_to(Routes& routes);

 private:
  http::Response list(const Call& call) const;
  http::Response list_webhooks(const Call& call) const;

  const domain::Catalogue& catalogue_;
  const Matcher& matcher_;
  store::Webhooks& store_;
};

}  // namespace sluice::api
