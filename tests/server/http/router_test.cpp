#include "http/router.hpp"

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>

namespace sluice::http {
namespace {

using Outcome = RouteMatch::Outcome;

enum Route : std::size_t { create, list, find_all, show, replace, retry };

Router webhooks() {
  Router router;
  router.add(Method::get, "/webhooks/{identifier}", show);
  router.add(Method::put, "/webhooks/{identifier}", replace);
  router.add(Method::post, "/webhooks/{identifier}/deliveries/{delivery}/retry", retry);
  router.add(Method::post, "/webhooks/", create);
  router.add(Method::get, "/webhooks", find_all);
  router.add(Method::post, "/webhooks/list", list);
  return router;
}

TEST(Router, FindsTheRouteOfMethodAndPath) {
  const Router router = webhooks();
  EXPECT_EQ(router.find(Method::post, "/webhooks").route, create);
  EXPECT_EQ(router.find(Method::get, "/webhooks").route, find_all);
  EXPECT_EQ(router.find(Method::put, "/webhooks/wh_1").route, replace);
}

TEST(Router, TakesATrailingSlashForNothing) {
  const Router router = webhooks();
  for (const char* path : {"/webhooks", "/webhooks/"}) {
    const RouteMatch match = router.find(Method::post, path);
    ASSERT_EQ(match.outcome, Outcome::found) << path;
    EXPECT_EQ(match.route, create) << path;
  }
  EXPECT_EQ(router.find(Method::get, "/webhooks/wh_1/").parameter("identifier"), "wh_1");
}

TEST(Router, GivesEveryParameterByName) {
  const RouteMatch match =
      webhooks().find(Method::post, "/webhooks/wh_1/deliveries/dlv_2/retry");
  ASSERT_EQ(match.outcome, Outcome::found);
  EXPECT_EQ(match.route, retry);
  ASSERT_EQ(match.parameters.size(), 2U);
  EXPECT_EQ(match.parameters[0].value, "wh_1");
  EXPECT_EQ(match.parameters[1].value, "dlv_2");
}

TEST(Router, PrefersTextToAParameter) {
  EXPECT_EQ(webhooks().find(Method::post, "/webhooks/list").route, list);
}

TEST(Router, FallsBackToAParameterWhereTheTextHasNotTheMethod) {
  const Router router = webhooks();
  const RouteMatch match = router.find(Method::get, "/webhooks/list");
  ASSERT_EQ(match.outcome, Outcome::found);
  EXPECT_EQ(match.route, show);
  EXPECT_EQ(match.parameter("identifier"), "list");
}

TEST(Router, PrefersTheTextThatComesFirst) {
  Router router;
  router.add(Method::get, "/{a}/b", 1);
  router.add(Method::get, "/a/{b}", 2);
  router.add(Method::get, "/x/{b}", 3);
  EXPECT_EQ(router.find(Method::get, "/a/b").route, 2U);
  EXPECT_EQ(router.find(Method::get, "/c/b").route, 1U);
}

TEST(Router, ServesHeadByTheRouteOfGet) {
  EXPECT_EQ(webhooks().find(Method::head, "/webhooks/wh_1").route, show);
}

TEST(Router, NamesWhatIsAllowedOfEveryPatternThatFits) {
  const RouteMatch match = webhooks().find(Method::delete_, "/webhooks/list");
  ASSERT_EQ(match.outcome, Outcome::method_not_allowed);
  EXPECT_EQ(match.allow, "GET, HEAD, POST, PUT, OPTIONS");
}

TEST(Router, AnswersOptionsOfAnyRoute) {
  const RouteMatch match = webhooks().find(Method::options, "/webhooks");
  ASSERT_EQ(match.outcome, Outcome::options);
  EXPECT_EQ(match.allow, "GET, HEAD, POST, OPTIONS");
}

TEST(Router, FindsNothingElsewhere) {
  const Router router = webhooks();
  for (const char* path : {"", "*", "webhooks", "/", "//", "/webhooks//", "//webhooks", "/web",
                           "/webhooks/a/b", "/webhooks//deliveries/x/retry", "/Webhooks"}) {
    EXPECT_EQ(router.find(Method::get, path).outcome, Outcome::not_found) << path;
  }
  EXPECT_EQ(router.find(Method::options, "/nothing").outcome, Outcome::not_found);
}

TEST(Router, FindsNothingInAPathOfTooManySegments) {
  std::string path;
  for (int index = 0; index < 1000; ++index) path += "/a";
  EXPECT_EQ(webhooks().find(Method::get, path).outcome, Outcome::not_found);
}

TEST(Router, DecodesSegmentsAfterTheyWereCut) {
  const Router router = webhooks();
  EXPECT_EQ(router.find(Method::get, "/webhooks/a%2Fb%20c").parameter("identifier"), "a/b c");
  EXPECT_EQ(router.find(Method::get, "/%77ebhooks/x").route, show);
  EXPECT_EQ(router.find(Method::get, "/webhooks/caf%C3%a9").parameter("identifier"),
            "caf\xc3\xa9");
}

TEST(Router, RefusesBadEncodings) {
  const Router router = webhooks();
  for (const char* segment : {"%", "%2", "%zz", "a%0", "%00", "%0a", "%7f", "%ff", "%c3",
                              "%c0%af", "%ed%a0%80", "%f4%90%80%80", "\xff"}) {
    EXPECT_EQ(router.find(Method::get, std::string("/webhooks/") + segment).outcome,
              Outcome::bad_path)
        << segment;
  }
}

TEST(Router, RefusesBadPatternsAndSecondRoutes) {
  Router router = webhooks();
  EXPECT_THROW(router.add(Method::get, "webhooks", 0), std::invalid_argument);
  EXPECT_THROW(router.add(Method::get, "/a{b}", 0), std::invalid_argument);
  EXPECT_THROW(router.add(Method::get, "/{}", 0), std::invalid_argument);
  EXPECT_THROW(router.add(Method::get, "/webhooks/{other}/", 0), std::invalid_argument);
}

}  // namespace
}  // namespace sluice::http
