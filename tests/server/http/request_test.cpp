#include "http/request.hpp"

#include <gtest/gtest.h>

#include <array>

namespace sluice::http {
namespace {

TEST(RequestHead, JoinsTheLinesOfOneList) {
  const std::array fields{HeaderField{"If-Match", "\"1\""}, HeaderField{"Host", "a"},
                          HeaderField{"if-match", ""}, HeaderField{"IF-MATCH", "\"2\", \"3\""}};
  RequestHead head;
  head.fields = fields;
  EXPECT_EQ(head.joined_header("if-match"), "\"1\", , \"2\", \"3\"");
  EXPECT_EQ(head.joined_header("host"), "a");
  EXPECT_EQ(head.joined_header("if-none-match"), "");
}

}  // namespace
}  // namespace sluice::http
