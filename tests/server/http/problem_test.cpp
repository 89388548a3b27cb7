#include "http/problem.hpp"

#include <gtest/gtest.h>

namespace sluice::http {
namespace {

TEST(Problem, IsTheEnvelopeOfTheContract) {
  const Response response = problem(404, "no \"such\"\nthing");
  EXPECT_EQ(response.status, 404);
  EXPECT_EQ(response.content_type, "application/json");
  EXPECT_EQ(response.body,
            R"({"success":false,"status":404,"error":{"type":"NotFoundError",)"
            R"("message":"no \"such\"\u000athing","details":{}}})");
  EXPECT_TRUE(response.headers.empty());
}

TEST(Problem, SaysWhenToComeBack) {
  for (const int status : {429, 503}) {
    const Response response = problem(status, "busy", R"({"limit":1})");
    ASSERT_EQ(response.headers.size(), 1U);
    EXPECT_EQ(response.headers[0].first, "Retry-After");
    EXPECT_NE(response.body.find(R"("details":{"limit":1})"), std::string::npos);
  }
}

TEST(Problem, HasATypeForEveryStatus) {
  EXPECT_EQ(problem_type(400), "BadRequestError");
  EXPECT_EQ(problem_type(422), "ValidationError");
  EXPECT_EQ(problem_type(418), "BadRequestError");
  EXPECT_EQ(problem_type(500), "InternalServerError");
  EXPECT_EQ(problem_type(502), "InternalServerError");
}

}  // namespace
}  // namespace sluice::http
