// One API call as its handler sees it: who calls, which route, what was sent.
#pragma once

#include <boost/json/value.hpp>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

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

  /// A whole number of the query. Errors: ApiError 422 when it is none or out of range.
  std::size_t number(std::string_view name, std::size_t absent, std::size_t least,
                     std::size_t most) const;
  /// The same for true and false.
  bool flag(std::string_view name, bool absent) const;
  /// The same for a time (RFC 3339).
  std::optional<base::Time> time(std::string_view name) const;
  /// None when the parameter is absent or empty.
  std::optional<std::string> optional_text(std::string_view name) const;
  std::size_t limit() const { return number("limit", 50, 1, 1000); }
};

/// A ValidationError of a query parameter, as ApiError 422.
[[noreturn]] void refuse_parameter(std::string_view name, std::string_view message);

}  // namespace sluice::api
