#include "api/webhooks_api.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <boost/json.hpp>
#include <string>
#include <thread>

#include "api/service.hpp"
#include "base/clock.hpp"
#include "config_store/config_store.hpp"
#include "tests/server/support/temporary_directory.hpp"

namespace sluice::api {
namespace {

namespace json = boost::json;

constexpr std::string_view kOne = "/v1/organizations/webhooks/{identifier}";

class AnyUrl final : public domain::UrlRules {
 public:
  std::optional<std::string> refuse(std::string_view /*url*/) const override { return std::nullopt; }
};

/// The routes over a store of their own, with one webhook in it.
class WebhookRoutes : public ::testing::Test {
 protected:
  WebhookRoutes() {
    api.add_to(routes);
    const json::value body{
        {"webhook_name", "orders"},
        {"event_types", {"object.*"}},
        {"channels",
         json::array{{{"channel", "webhook"}, {"configs", {{"url", "https://example.com/hook"}}}}}}};
    const http::Response made = answer(http::Method::post, "/v1/organizations/webhooks", body);
    EXPECT_EQ(made.status, 201) << made.body;
    id = json::parse(made.body).at("webhook_id").as_string();
    number = config.webhooks().find(organisation, id)->number;
  }

  http::Response answer(http::Method method, std::string_view pattern, json::value body,
                        const std::string& if_match = "", std::string_view query = "") {
    Call call;
    call.query = *http::Query::parse(query);
    call.key.organisation = organisation;
    call.route.parameters = {{"identifier", id}};
    call.body = std::move(body);
    call.if_match = if_match;
    for (const Route& route : routes)
      if (route.method == method && route.pattern == pattern) return Service::answer(route, call);
    return {};
  }

  const testkit::TemporaryDirectory directory;
  base::SystemClock clock;
  base::SystemRandom random;
  const base::Vault vault = base::Vault::from_file(directory / "master.key");
  store::ConfigStore config{directory / "config.db", vault, clock, random};
  const std::uint32_t organisation = config.organisations().create("acme")->number;
  const domain::Catalogue catalogue{domain::Catalogue::Mode::open};
  const AnyUrl urls;
  Matcher matcher;
  WebhookPublisher publisher{matcher, [](std::uint32_t) {}, [](std::uint32_t) {}};
  WebhooksApi api{config.webhooks(), publisher, catalogue, urls, random};
  Routes routes;
  std::string id;
  std::uint32_t number = 0;
};

TEST_F(WebhookRoutes, AWebhookThatDeliveryDisablesMeanwhileCanBeChangedAllTheSame) {
  std::atomic<bool> is_over{false};
  std::thread delivery([&] {
    while (!is_over) config.webhooks().disable(number, "gone");
  });
  for (int i = 0; i < 50; ++i) {
    const http::Response changed = answer(
        http::Method::patch, kOne, {{"is_active", true}, {"description", std::to_string(i)}});
    EXPECT_EQ(changed.status, 200) << changed.body;
  }
  is_over = true;
  delivery.join();
}

TEST_F(WebhookRoutes, IfMatchListsTheTagsOfWhatMayBeChanged) {
  const auto patch = [&](const std::string& if_match) {
    return answer(http::Method::patch, kOne, {{"description", if_match}}, if_match).status;
  };
  EXPECT_EQ(patch(R"("1")"), 200);
  EXPECT_EQ(patch(R"("7", "2")"), 200);
  EXPECT_EQ(patch("\"3\" \t,\"8\""), 200);
  EXPECT_EQ(patch("*"), 200);
  for (const std::string refused : {R"("4")", "5", R"(W/"5")", R"("55")", R"("4","6")", ",", R"("5)"})
    EXPECT_EQ(patch(refused), 412) << refused;
  EXPECT_EQ(patch(R"(,"5")"), 200);
}

TEST_F(WebhookRoutes, AListNamesEverythingThatIsWrongWithItsCall) {
  const http::Response refused =
      answer(http::Method::post, "/v1/organizations/webhooks/list",
             {{"event_type", 5}, {"is_active", "yes"}}, "", "limit=0&offset=-1&include_total=maybe");
  EXPECT_EQ(refused.status, 422);
  const json::value body = json::parse(refused.body);
  json::array locations;
  for (const json::value& error : body.at_pointer("/error/details/validation_errors").as_array())
    locations.push_back(error.at("location"));
  EXPECT_EQ(json::serialize(locations),
            R"([["query","limit"],["query","offset"],["query","include_total"],)"
            R"(["body","event_type"],["body","is_active"]])");
}

}  // namespace
}  // namespace sluice::api
