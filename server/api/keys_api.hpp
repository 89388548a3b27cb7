// The routes of API keys, for keys with the permission admin.
#pragma once

#include "api/authenticator.hpp"
#include "api/route.hpp"
#include "config_store/api_keys.hpp"

namespace sluice::api {

/// Lifetime: what it is given outlives it.
class KeysApi {
 public:
  KeysApi(store::ApiKeys& store, Authenticator& authenticator)
      : store_(store), authenticator_(authenticator) {}

  void add_to(Routes& routes);

 private:
  http::Response create(const Call& call);
  http::Response list(const Call& call) const;
  http::Response revoke(const Call& call);

  store::ApiKeys& store_;
  Authenticator& authenticator_;
};

}  // namespace sluice::api
