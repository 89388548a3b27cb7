// Every status has its type, and the envelope the shape that clients parse.
#include "domain/problem.hpp"

#include <gtest/gtest.h>

#include <array>
#include <boost/json/parse.hpp>
#include <utility>

namespace sluice::domain {
namespace {

TEST(Problem, NamesTheTypeOfEveryStatus) {
  constexpr std::array<std::pair<int, std::string_view>, 15> kTypes{{
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
      {431, "BadRequestError"},
      {500, "InternalServerError"},
      {501, "InternalServerError"},
      {503, "ServiceUnavailableError"},
  }};
  for (const auto& [status, type] : kTypes) EXPECT_EQ(error_type(status), type) << status;
}

TEST(Problem, HasOneEnvelope) {
  EXPECT_EQ(error_envelope(404, "Webhook not found", {{"id", "wh_1"}}),
            boost::json::parse(R"({"success": false, "status": 404, "error": {
                "type": "NotFoundError", "message": "Webhook not found", "details": {"id": "wh_1"}}})"));
  EXPECT_EQ(error_envelope(500, "Oops").at("error").at("details"), boost::json::object{});
}

TEST(Problem, ListsEveryValidationError) {
  const std::array errors{
      ValidationError{"missing", {"body", "webhook_name"}, "Field required"},
      ValidationError{
          "url_parsing", {"body", "channels", std::size_t{0}, "url"}, "expected a URL"}};
  EXPECT_EQ(validation_envelope(errors), boost::json::parse(R"x({
      "success": false, "status": 422, "error": {
        "type": "ValidationError",
        "message": "body.webhook_name: Field required (2 problems in all, see details)",
        "details": {"validation_errors": [
          {"type": "missing", "location": ["body", "webhook_name"], "message": "Field required"},
          {"type": "url_parsing", "location": ["body", "channels", 0, "url"],
           "message": "expected a URL"}]}}})x"));
}

}  // namespace
}  // namespace sluice::domain
