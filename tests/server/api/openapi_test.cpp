// The description that is compiled in: a JSON document that has every route, and says of each how it
// is refused.
#include "api/openapi.hpp"

#include <gtest/gtest.h>

#include <array>
#include <boost/json.hpp>

namespace sluice::api {
namespace {

namespace json = boost::json;

json::object document() { return json::parse(openapi_json()).as_object(); }

TEST(Openapi, IsAnOpenapiDocument) {
  const json::object openapi = document();
  EXPECT_EQ(openapi.at("openapi"), "3.1.0");
  EXPECT_TRUE(openapi.contains("components"));
  EXPECT_FALSE(openapi.contains("fragments"));
}

struct Route {
  std::string_view method;
  std::string_view path;
  std::string_view success;
};

constexpr std::string_view kWebhooks = "/v1/organizations/webhooks/";
constexpr std::string_view kWebhook = "/v1/organizations/webhooks/{identifier}";

TEST(Openapi, HasEveryRoute) {
  const std::array routes{
      Route{"post", kWebhooks, "201"},
      Route{"get", kWebhooks, "200"},
      Route{"post", "/v1/organizations/webhooks/list", "200"},
      Route{"get", kWebhook, "200"},
      Route{"put", kWebhook, "200"},
      Route{"patch", kWebhook, "200"},
      Route{"delete", kWebhook, "204"},
      Route{"post", "/v1/organizations/webhooks/{identifier}/test", "200"},
      Route{"get", "/v1/organizations/webhooks/{identifier}/deliveries", "200"},
      Route{"get", "/v1/organizations/webhooks/{identifier}/deliveries/{delivery_id}", "200"},
      Route{"post", "/v1/organizations/webhooks/{identifier}/deliveries/{delivery_id}/retry",
            "202"},
      Route{"post", "/v1/organizations/webhooks/{identifier}/recover", "202"},
      Route{"post", "/v1/organizations/webhooks/{identifier}/secret/rotate", "200"},
      Route{"post", "/v1/events", "202"},
      Route{"get", "/v1/events/{event_id}", "200"},
      Route{"get", "/v1/event-types", "200"},
      Route{"get", "/v1/event-types/{event_type}/webhooks", "200"},
      Route{"get", "/v1/status", "200"},
      Route{"post", "/v1/organizations/api-keys", "201"},
      Route{"get", "/v1/organizations/api-keys", "200"},
      Route{"delete", "/v1/organizations/api-keys/{key_id}", "204"},
      Route{"get", "/healthz", "200"},
      Route{"get", "/readyz", "200"},
      Route{"get", "/openapi.json", "200"},
      Route{"get", "/metrics", "200"},
  };
  const json::object openapi = document();
  const json::object& paths = openapi.at("paths").as_object();
  std::size_t operations = 0;
  for (const auto& path : paths) {
    operations +=
        path.value().as_object().size() - (path.value().as_object().contains("parameters") ? 1 : 0);
  }
  EXPECT_EQ(operations, routes.size());
  for (const Route& route : routes) {
    ASSERT_TRUE(paths.contains(route.path)) << route.path;
    const json::object& item = paths.at(route.path).as_object();
    ASSERT_TRUE(item.contains(route.method)) << route.method << ' ' << route.path;
    EXPECT_TRUE(item.at(route.method).at("responses").as_object().contains(route.success))
        << route.method << ' ' << route.path;
  }
}

TEST(Openapi, SaysHowEachRouteRefuses) {
  const json::object openapi = document();
  for (const auto& [path, item] : openapi.at("paths").as_object()) {
    for (const auto& [method, operation] : item.as_object()) {
      const json::object* fields = operation.if_object();  // parameters are an array
      if (fields == nullptr || fields->contains("security")) continue;
      const json::object& responses = fields->at("responses").as_object();
      for (const char* status : {"400", "401", "403", "429", "500", "503"}) {
        EXPECT_TRUE(responses.contains(status)) << method << ' ' << path << ' ' << status;
      }
      const bool has_body = fields->contains("requestBody");
      EXPECT_TRUE(!has_body || responses.contains("415")) << method << ' ' << path;
      EXPECT_TRUE(!has_body || responses.contains("422")) << method << ' ' << path;
    }
  }
}

}  // namespace
}  // namespace sluice::api
