// The compiled-in catalogue is the contract's; an operator's file replaces or extends it.
#include "domain/catalogue.hpp"

#include <gtest/gtest.h>

#include <array>

namespace sluice::domain {
namespace {

using Mode = Catalogue::Mode;

Catalogue load(std::string_view text) {
  auto loaded = Catalogue::load(text, Mode::closed);
  if (const auto* problem = std::get_if<std::string>(&loaded)) {
    ADD_FAILURE() << *problem;
    return Catalogue{};
  }
  return std::get<Catalogue>(std::move(loaded));
}

std::string problem(std::string_view text) {
  const auto loaded = Catalogue::load(text, Mode::open);
  const auto* what = std::get_if<std::string>(&loaded);
  return what ? *what : "none";
}

TEST(Catalogue, KnowsTheEventTypesOfTheApi) {
  const Catalogue catalogue;
  EXPECT_EQ(catalogue.event_types().size(), 31U);
  for (const char* name : {"object.created", "collection.documents.written", "trigger.fired",
                           "taxonomy.created", "alert.execution.failed", "objects.created.batch"}) {
    EXPECT_NE(catalogue.find(name), nullptr) << name;
  }
  EXPECT_EQ(catalogue.find("object.creatd"), nullptr);
}

TEST(Catalogue, KnowsWhichCachesAnEventMakesStale) {
  const Catalogue catalogue;
  EXPECT_EQ(catalogue.find("object.updated")->cache_scope, CacheScope::key);
  EXPECT_EQ(catalogue.find("collection.documents.written")->cache_scope, CacheScope::collection);
  EXPECT_EQ(catalogue.find("cluster.execution.completed")->cache_scope, CacheScope::collection);
  EXPECT_EQ(catalogue.find("trigger.fired")->cache_scope, CacheScope::none);
}

TEST(Catalogue, NamesTheNearestName) {
  const Catalogue catalogue;
  constexpr std::array<std::pair<std::string_view, std::string_view>, 6> kSlips{{
      {"object.creatd", "object.created"},
      {"objects.created", "object.created"},
      {"obejct.created", "object.created"},
      {"collection.document.written", "collection.documents.written"},
      {"cluster.execution.complete", "cluster.execution.completed"},
      {"alert.triggerred", "alert.triggered"},
  }};
  for (const auto& [slip, meant] : kSlips) EXPECT_EQ(catalogue.nearest(slip), meant) << slip;
  for (const char* far : {"invoice.paid", "", "x"}) EXPECT_FALSE(catalogue.nearest(far)) << far;
}

TEST(Catalogue, KnowsWhetherAPatternCanMeanAnything) {
  const Catalogue catalogue;
  for (const char* text : {"*", "**", "object.*", "**.failed", "collection.documents.written"}) {
    EXPECT_TRUE(catalogue.has_match(*Pattern::parse(text))) << text;
  }
  for (const char* text : {"invoice.*", "object.*.*", "objekt.created"}) {
    EXPECT_FALSE(catalogue.has_match(*Pattern::parse(text))) << text;
  }
}

TEST(Catalogue, IsReplacedByAnArray) {
  const Catalogue catalogue = load(R"([{"name": "invoice.paid", "meaning": "Money came."}])");
  EXPECT_EQ(catalogue.mode(), Mode::closed);
  ASSERT_EQ(catalogue.event_types().size(), 1U);
  EXPECT_EQ(catalogue.event_types()[0].meaning, "Money came.");
  EXPECT_EQ(catalogue.event_types()[0].cache_scope, CacheScope::none);
}

TEST(Catalogue, IsExtendedByAnObject) {
  const Catalogue catalogue = load(
      R"({"extend": true, "event_types": [
           {"name": "invoice.paid"}, {"name": "trigger.fired", "cache_scope": "namespace"}]})");
  EXPECT_EQ(catalogue.event_types().size(), 32U);
  EXPECT_EQ(catalogue.find("trigger.fired")->cache_scope, CacheScope::namespace_);
}

TEST(Catalogue, SaysWhatIsWrongWithAFile) {
  EXPECT_NE(problem("[").find("not JSON"), std::string::npos);
  EXPECT_NE(problem("{}").find("expected an array"), std::string::npos);
  EXPECT_NE(problem("[1]").find("event type 0"), std::string::npos);
  EXPECT_NE(problem(R"([{"name": "a"}, {"name": "a.*"}])").find("event type 1: 'a.*'"),
            std::string::npos);
  EXPECT_NE(problem(R"([{"name": "a", "meaning": 1}])").find("meaning"), std::string::npos);
  EXPECT_NE(problem(R"([{"name": "a", "cache_scope": "all"}])").find("cache_scope"),
            std::string::npos);
  EXPECT_NE(problem(R"([{"name": "a", "cache_scope": ""}])").find("cache_scope"),
            std::string::npos);
}

TEST(Catalogue, IsShownAsItWasWritten) {
  const Catalogue catalogue =
      load(R"([{"name": "a.b", "meaning": "m", "cache_scope": "key"}, {"name": "c"}])");
  EXPECT_EQ(catalogue.to_json(),
            (boost::json::array{{{"name", "a.b"}, {"meaning", "m"}, {"cache_scope", "key"}},
                                {{"name", "c"}, {"meaning", ""}, {"cache_scope", nullptr}}}));
}

}  // namespace
}  // namespace sluice::domain
