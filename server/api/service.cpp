#include "api/service.hpp"

#include <boost/json.hpp>
#include <new>

#include "api/answer.hpp"
#include "api/api_error.hpp"
#include "api/call_receiver.hpp"
#include "base/log.hpp"
#include "config_store/store_error.hpp"

namespace sluice::api {
namespace {

using Outcome = http::RouteMatch::Outcome;
using Headers = std::vector<std::pair<std::string, std::string>>;

Headers rate_headers(const RateVerdict& verdict) {
  return {{"X-RateLimit-Limit", std::to_string(verdict.limit)},
          {"X-RateLimit-Remaining", std::to_string(verdict.remaining)},
          {"X-RateLimit-Reset", std::to_string(verdict.retry_after_seconds)}};
}

http::Response no_route(const http::RouteMatch& match) {
  switch (match.outcome) {
    case Outcome::bad_path:
      return error_answer(400, "The path is not valid percent-encoded UTF-8");
    case Outcome::options:
    case Outcome::method_not_allowed: {
      http::Response response = error_answer(405, "This route allows " + match.allow);
      if (match.outcome == Outcome::options) {
        response = {};
        response.status = 204;
      }
      response.headers.emplace_back("Allow", match.allow);
      return response;
    }
    default:
      return error_answer(404, "There is no such route; GET /openapi.json lists them");
  }
}

/// By somebody whose word about the client is not taken.
bool is_forwarded(const http::RequestHead& head) {
  if (head.is_peer_vouched_for) return false;
  return !head.header("forwarded").empty() || !head.header("x-forwarded-for").empty() ||
         !head.header("via").empty();
}

/// API bodies are JSON; callers that say nothing are believed.
bool is_json_type(std::string_view content_type) {
  const std::string_view type = content_type.substr(0, content_type.find(';'));
  return type.empty() || http::equal_ignoring_case(type, "application/json") ||
         http::equal_ignoring_case(type, "application/merge-patch+json");
}

}  // namespace

Service::Service(Routes routes, Authenticator& authenticator, EventReceivers& events,
                 const base::Clock& clock, const ServiceLimits& limits)
    : routes_(std::move(routes)),
      events_route_(routes_.size()),
      authenticator_(authenticator),
      events_(events),
      clock_(clock),
      limits_(limits),
      rates_(limits.requests_per_second),
      workers_(limits.workers, limits.waiting_calls) {
  for (std::size_t i = 0; i < routes_.size(); ++i)
    router_.add(routes_[i].method, routes_[i].pattern, i);
  router_.add(http::Method::post, "/v1/events", events_route_);
}

std::unique_ptr<http::BodyReceiver> Service::begin(const http::RequestHead& head,
                                                   http::Reply reply) {
  http::RouteMatch match = router_.find(head.method, head.path);
  if (match.outcome != Outcome::found) {
    reply.send(no_route(match));
    return nullptr;
  }
  reply.set_route(match.route);
  return begin_route(head, std::move(reply), std::move(match));
}

std::vector<std::string> Service::route_names() const {
  std::vector<std::string> names;
  for (const Route& route : routes_)
    names.push_back(std::string{http::to_text(route.method)} + ' ' + std::string{route.pattern});
  names.emplace_back("POST /v1/events");
  return names;
}

std::unique_ptr<http::BodyReceiver> Service::begin_route(const http::RequestHead& head,
                                                         http::Reply reply,
                                                         http::RouteMatch match) {
  const bool is_events = match.route == events_route_;
  const Route* const route = is_events ? nullptr : &routes_[match.route];
  const auto permission =
      is_events ? std::optional{domain::Permission::ingest} : route->permission;
  domain::ApiKey key;
  Headers headers;
  if (permission) {
    auto checked = authenticator_.check(head.header("authorization"), *permission);
    if (const auto* refusal = std::get_if<Refusal>(&checked)) {
      reply.send(error_answer(refusal->status, refusal->message));
      return nullptr;
    }
    key = std::move(std::get<domain::ApiKey>(checked));
    const RateVerdict verdict = rates_.take(key.number, clock_.steady_now());
    headers = rate_headers(verdict);
    if (!verdict.is_allowed) {
      http::Response response =
          error_answer(429, "More than " + std::to_string(verdict.limit) + " requests a second");
      response.headers.insert(response.headers.end(), headers.begin(), headers.end());
      reply.send(std::move(response));
      return nullptr;
    }
  }
  if (is_events) return events_.begin(head, key, std::move(headers), std::move(reply));

  if (head.has_body && !is_json_type(head.header("content-type"))) {
    reply.send(error_answer(415, "Expected Content-Type: application/json"));
    return nullptr;
  }
  auto query = http::Query::parse(head.query);
  if (!query) {
    reply.send(error_answer(400, "The query is not valid percent-encoded UTF-8"));
    return nullptr;
  }
  auto pending = std::make_unique<PendingCall>();
  pending->route = route;
  pending->call = {.key = std::move(key),
                   .route = std::move(match),
                   .query = std::move(*query),
                   .body = std::nullopt,
                   .if_match = head.joined_header("if-match"),
                   .if_none_match = head.joined_header("if-none-match"),
                   .request_id = std::string{head.request_id},
                   .peer_address = is_forwarded(head) ? std::string{} : std::string{head.peer_address},
                   .now = clock_.now()};
  pending->json_depth = limits_.json_depth;
  pending->headers = std::move(headers);
  pending->reply = std::move(reply);
  return std::make_unique<CallReceiver>(std::move(pending), limits_.body_bytes, workers_);
}

http::Response Service::answer(const Route& route, Call& call) {
  try {
    return route.run(call);
  } catch (const ApiError& error) {
    return error_answer(error.status(), error.what(), error.details());
  } catch (const std::bad_alloc&) {
    throw;
  } catch (const store::StoreError& error) {
    base::log_error("the configuration store failed",
                    {{"request_id", call.request_id}, {"error", error.what()}});
    return error_answer(503, "The configuration cannot be read or written at present");
  } catch (const std::exception& error) {
    base::log_error("a call failed", {{"request_id", call.request_id},
                                      {"route", route.pattern},
                                      {"client", call.peer_address},
                                      {"error", error.what()}});
    return error_answer(500, "Internal error; the log has it under this X-Request-Id");
  }
}

}  // namespace sluice::api
