#include "http/problem.hpp"

#include <gtest/gtest.h>

#include <array>
#include <string_view>
#include <utility>

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
  constexpr std::array<std::pair<int, std::string_view>, 13> kTypes{{
      {400, "BadRequestError"},
      {401, "UnauthorizedError"},
      {403, "ForbiddenError"},
      {404, "NotFoundError"},
      {405, "MethodNotAllowedError"},
      {409, "AlreadyExistsError"},
      {412, "PreconditionFailedError"},
      {413, "PayloadTooLargeError"},
      {415, "UnsupportedMediaTypeError"},
      {422, "ValidationError"},
      {429, "TooManyRequestsError"},
      {500, "InternalServerError"},
      {503, "ServiceUnavailableError"},
  }};
  for (const auto& [status, type] : kTypes) EXPECT_EQ(problem_type(status), type) << status;
  EXPECT_EQ(problem_type(418), "BadRequestError");
  EXPECT_EQ(problem_type(502), "InternalServerError");
}

}  // namespace
}  // namespace sluice::http
