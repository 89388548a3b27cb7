#include "api/status_api.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "api/service.hpp"

namespace sluice::api {
namespace {

class MetricsRoute : public ::testing::Test {
 protected:
  http::Response ask(const std::string& peer, bool is_open) {
    StatusApi status({.obstacle = [] { return std::string{}; },
                      .metrics = [] { return std::string{"figures"}; },
                      .shows_metrics_to_all = is_open});
    Routes routes;
    status.add_to(routes);
    const auto found = std::find_if(routes.begin(), routes.end(), [](const Route& route) {
      return route.pattern == "/metrics";
    });
    Call call{};
    call.peer_address = peer;
    return Service::answer(*found, call);
  }
};

TEST_F(MetricsRoute, AnswersThisMachine) {
  for (const auto* const peer : {"127.0.0.1", "127.9.9.9", "::1"}) {
    const http::Response response = ask(peer, false);
    EXPECT_EQ(response.status, 200) << peer;
    EXPECT_EQ(response.body, "figures");
    EXPECT_TRUE(response.content_type.starts_with("text/plain; version=0.0.4"));
  }
}

TEST_F(MetricsRoute, RefusesOthersUnlessItIsOpen) {
  for (const auto* const peer : {"192.0.2.1", "12.7.0.1", "2001:db8::1", ""}) {
    const http::Response refused = ask(peer, false);
    EXPECT_EQ(refused.status, 403) << peer;
    EXPECT_NE(refused.body.find("metrics.access"), std::string::npos);
    EXPECT_EQ(refused.body.find("figures"), std::string::npos);
    EXPECT_EQ(ask(peer, true).status, 200) << peer;
  }
}

}  // namespace
}  // namespace sluice::api
