// The routes that say how the service is and what it speaks: health, readiness, metrics, the API's
// own description.
#pragma once

#include <functional>
#include <string>
#include <utility>

#include "api/route.hpp"

namespace sluice::api {

/// Lifetime: what it is given outlives it.
class StatusApi {
 public:
  struct Parts {
    /// Why the service is not ready; empty: it is.
    std::function<std::string()> obstacle;
    /// What /metrics shows.
    std::function<std::string()> metrics;
    /// Whether others than this machine may read it.
    bool shows_metrics_to_all = false;
  };

  explicit StatusApi(Parts parts) : parts_(std::move(parts)) {}

  void add_to(Routes& routes);

 private:
  http::Response show_metrics(const Call& call) const;

  const Parts parts_;
};

}  // namespace sluice::api
