#include "api/status_api.hpp"

#include <boost/json.hpp>

#include "api/answer.hpp"
#include "api/openapi.hpp"

namespace sluice::api {

namespace {

// An IPv4 peer of an IPv6 listener has its IPv4 address here.
bool is_this_machine(std::string_view address) {
  return address.starts_with("127.") || address == "::1";
}

}  // namespace

http::Response StatusApi::show_metrics(const Call& call) const {
  if (!parts_.shows_metrics_to_all && !is_this_machine(call.peer_address)) {
    return error_answer(403,
                        "Metrics are shown to this machine only; the setting metrics.access changes that");
  }
  http::Response response;
  response.content_type = "text/plain; version=0.0.4; charset=utf-8";
  response.headers.emplace_back("Cache-Control", "no-store");
  response.body = parts_.metrics();
  return response;
}

void StatusApi::add_to(Routes& routes) {
  using http::Method;
  namespace json = boost::json;
  routes.push_back({Method::get, "/healthz", std::nullopt, [](Call&) {
                      return json_answer(200, json::object{{"status", "ok"}});
                    }});
  routes.push_back({Method::get, "/readyz", std::nullopt, [this](Call&) {
                      const std::string obstacle = parts_.obstacle();
                      if (obstacle.empty())
                        return json_answer(200, json::object{{"status", "ready"}});
                      return error_answer(503, obstacle);
                    }});
  routes.push_back({Method::get, "/metrics", std::nullopt,
                    [this](Call& call) { return show_metrics(call); }});
  routes.push_back({Method::get, "/openapi.json", std::nullopt, [](Call&) {
                      http::Response response;
                      response.body = openapi_json();
                      return response;
                    }});
}

}  // namespace sluice::api
