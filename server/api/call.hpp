// One API call as its handler sees it: who calls, which route, what was sent.
#pragma once

#include <boost/json/value.hpp>
#include <cstdint>
#include <optional>
#include <string>

#include "base/time.hpp"
#include "domain/api_key.hpp"
#include "http/query.hpp"
#include "http/router.hpp"

namespace sluice::api {

struct Call {
  domain::ApiKey key;  // meaningless on routes that need no permission
  http::RouteMatch route;
  http::Query query;
  std::optional<boost::json::value> body;
  std::string if_match;
  std::string if_none_match;
  std::string request_id;
  std::string peer_address;  // empty if an untrusted proxy speaks for somebody else
  base::Time now;

  std::uint32_t organisation() const noexcept { return key.organisation; }
};

}  // namespace sluice::api
