// A route of the API: what it needs, and what it does.
#pragma once

#include <functional>
#include <optional>
#include <string_view>
#include <vector>

#include "api/call.hpp"
#include "domain/permission.hpp"
#include "http/method.hpp"
#include "http/response.hpp"

namespace sluice::api {

struct Route {
  http::Method method;
  std::string_view pattern;                      // static storage
  std::optional<domain::Permission> permission;  // none: anybody may
  /// Runs on a worker, and may block. Errors: ApiError; anything else is answered with 500, or 503
  /// when the memory or the disk is full.
  std::function<http::Response(Call&)> run;
};

using Routes = std::vector<Route>;

}  // namespace sluice::api
