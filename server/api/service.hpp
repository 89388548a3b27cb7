// The API as an http::Handler: finds the route, knows the caller, keeps to the limits, and lets a
// worker do the call. Events take a way of their own, which never waits for a worker.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "api/authenticator.hpp"
#include "api/event_receiver.hpp"
#include "api/rate_limiter.hpp"
#include "api/route.hpp"
#include "api/worker_pool.hpp"
#include "base/clock.hpp"
#include "http/handler.hpp"
#include "http/router.hpp"

namespace sluice::api {

struct ServiceLimits {
  std::uint64_t body_bytes = std::uint64_t{2} << 20U;
  std::size_t json_depth = 32;
  std::uint64_t requests_per_second = 100'000;
  std::size_t workers = 8;  // a test of a webhook keeps one busy for as long as its receiver
  std::size_t waiting_calls = 1024;  // one more is answered with 503
};

/// Lifetime: what it is given outlives it; it outlives the http::Server that calls it.
class Service final : public http::Handler {
 public:
  Service(Routes routes, Authenticator& authenticator, EventReceivers& events,
          const base::Clock& clock, const ServiceLimits& limits);

  std::size_t routes() const noexcept override { return events_route_ + 1; }
  std::unique_ptr<http::BodyReceiver> begin(const http::RequestHead& head,
                                            http::Reply reply) override;

  /// Waits for the calls that run; the rest is dropped. After the http::Server has stopped, before
  /// what the routes use ends.
  void stop() { workers_.stop(); }

  /// The names of routes(): "POST /v1/events".
  std::vector<std::string> route_names() const;

  /// Runs `call` and turns whatever happens into a response.
  static http::Response answer(const Route& route, Call& call);

 private:
  std::unique_ptr<http::BodyReceiver> begin_route(const http::RequestHead& head, http::Reply reply,
                                                  http::RouteMatch match);

  const Routes routes_;
  const std::size_t events_route_;  // the number after the last of routes_
  http::Router router_;
  Authenticator& authenticator_;
  EventReceivers& events_;
  const base::Clock& clock_;
  const ServiceLimits limits_;
  RateLimiter rates_;
  WorkerPool workers_;  // last: its tasks use what is above
};

}  // namespace sluice::api
