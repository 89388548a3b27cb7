#include "domain/delivered_event.hpp"

#include <gtest/gtest.h>

#include <string>

#include "domain/catalogue.hpp"

namespace sluice::domain {
namespace {

const base::Time kAccepted{std::chrono::seconds{1'700'000'000}};

std::string delivered(std::string_view json, std::string_view type, std::string_view id = "evt_1") {
  const Catalogue catalogue;
  DeliveredEventWriter writer(catalogue);
  std::string text;
  EXPECT_TRUE(writer.append(text, json, {id, type, kAccepted}));
  return text;
}

TEST(DeliveredEvent, HasItsFieldsInOneOrderAndNullForWhatIsAbsent) {
  EXPECT_EQ(delivered(R"({"metadata":{"a":1},"event_type":"order.paid","namespace_id":"ns"})",
                      "order.paid"),
            R"({"event_id":"evt_1","event_type":"order.paid",)"
            R"("occurred_at":"2023-11-14T22:13:20.000000Z","namespace_id":"ns","subject":null,)"
            R"("metadata":{"a":1},"cache_scope":null})");
}

TEST(DeliveredEvent, KeepsTheCallersTimeAndEveryOtherField) {
  EXPECT_EQ(
      delivered(R"({"x":[1,{"y":null}],"event_type":"a","occurred_at":"2020-01-01T00:00:00Z",)"
                R"("event_id":"mine","type":"kept","organization":"acme"})",
                "a", "mine"),
      R"({"event_id":"mine","event_type":"a","occurred_at":"2020-01-01T00:00:00Z",)"
      R"("namespace_id":null,"subject":null,"metadata":null,"cache_scope":null,)"
      R"("x":[1,{"y":null}],"organization":"acme","type":"kept"})");
}

TEST(DeliveredEvent, ReadsACloudEventByItsOwnNames) {
  EXPECT_EQ(delivered(R"({"specversion":"1.0","id":"7","source":"/s","type":"a.b",)"
                      R"("time":"2020-01-01T00:00:00Z","subject":"s","data":[1]})",
                      "a.b", "7"),
            R"({"event_id":"7","event_type":"a.b","occurred_at":"2020-01-01T00:00:00Z",)"
            R"("namespace_id":null,"subject":"s","metadata":[1],"cache_scope":null,)"
            R"("specversion":"1.0","source":"/s"})");
}

TEST(DeliveredEvent, CarriesTheNamesOfCloudEventsWhereTheyAreOnlyFields) {
  EXPECT_EQ(delivered(R"({"event_type":"a","id":"7","time":"noon","data":1})", "a"),
            R"({"event_id":"evt_1","event_type":"a","occurred_at":"2023-11-14T22:13:20.000000Z",)"
            R"("namespace_id":null,"subject":null,"metadata":1,"cache_scope":null,)"
            R"("id":"7","time":"noon"})");
}

TEST(DeliveredEvent, TakesTheCacheScopeFromTheCatalogueUnlessItSaysOne) {
  EXPECT_NE(delivered(R"({"event_type":"object.created"})", "object.created")
                .find(R"("cache_scope":"key")"),
            std::string::npos);
  EXPECT_NE(
      delivered(R"({"event_type":"object.created","cache_scope":"namespace"})", "object.created")
          .find(R"("cache_scope":"namespace")"),
      std::string::npos);
}

TEST(DeliveredEvent, HasTheTypeThatWasMatchedWhateverItsFieldsRepeat) {
  EXPECT_NE(delivered(R"({"event_type":"a","event_type":"b"})", "a").find(R"("event_type":"a")"),
            std::string::npos);
}

TEST(DeliveredEvent, CarriesValuesAndNamesAsTheyWereWritten) {
  const std::string text = delivered(
      R"({"event_type":"a", "big" : 123456789012345678901234567890 ,"f":0.10,"s":"\u00e9\/",)"
      R"("k\u0065y" : { "x" : [ 1 , 2 ] } })",
      "a");
  EXPECT_NE(text.find(R"(,"big":123456789012345678901234567890,"f":0.10,"s":"\u00e9\/",)"
                      R"("k\u0065y":{ "x" : [ 1 , 2 ] }})"),
            std::string::npos)
      << text;
}

TEST(DeliveredEvent, KnowsAFieldWhoseNameIsEscaped) {
  EXPECT_NE(delivered(R"({"event\u005ftype":"a","meta\u0064ata":1})", "a").find(R"("metadata":1,)"),
            std::string::npos);
}

TEST(DeliveredEvent, ReadsWhateverTheDecoderAccepts) {
  std::string deep = R"({"event_type":"a","metadata":)";
  for (int i = 0; i < 1023; ++i) deep += '[';
  for (int i = 0; i < 1023; ++i) deep += ']';
  deep += '}';
  EXPECT_NE(delivered(deep, "a").find("[[[[]]]]"), std::string::npos);
}

TEST(DeliveredEvent, IsNotMadeOfWhatIsNoEvent) {
  const Catalogue catalogue;
  DeliveredEventWriter writer(catalogue);
  std::string text = "before";
  for (const char* json : {"", "[]", "1", "{", R"({"a":1)", R"({"a")"})
    EXPECT_FALSE(writer.append(text, json, {"evt_1", "a", kAccepted})) << json;
  EXPECT_EQ(text, "before");
}

}  // namespace
}  // namespace sluice::domain
