#include "http/query.hpp"

#include <gtest/gtest.h>

#include <string>

namespace sluice::http {
namespace {

TEST(Query, GivesValuesByName) {
  const auto query = Query::parse("limit=10&cursor=a%3Db&flag&empty=");
  ASSERT_TRUE(query);
  EXPECT_EQ(query->find("limit"), "10");
  EXPECT_EQ(query->find("cursor"), "a=b");
  EXPECT_EQ(query->find("flag"), "");
  EXPECT_EQ(query->find("empty"), "");
  EXPECT_EQ(query->find("other"), std::nullopt);
}

TEST(Query, GivesTheFirstOfAName) {
  const auto query = Query::parse("a=1&&b=2&a=3&");
  ASSERT_TRUE(query);
  EXPECT_EQ(query->find("a"), "1");
  EXPECT_EQ(query->find("b"), "2");
}

TEST(Query, ReadsAPlusAsABlankAndItsEncodingAsAPlus) {
  const auto query = Query::parse("q=a+b%2Bc");
  ASSERT_TRUE(query);
  EXPECT_EQ(query->find("q"), "a b+c");
}

TEST(Query, RefusesBadEncodings) {
  for (const char* text : {"a=%", "%zz=1", "a=%ff", "a=%00", "a=%1f"}) {
    EXPECT_FALSE(Query::parse(text)) << text;
  }
}

TEST(Query, RefusesTooManyParameters) {
  std::string text;
  for (std::size_t index = 0; index < Query::kMaxParameters; ++index) text += "a=1&";
  EXPECT_TRUE(Query::parse(text));
  EXPECT_FALSE(Query::parse(text + "b"));
}

}  // namespace
}  // namespace sluice::http
