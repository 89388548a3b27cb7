#include "domain/problem.hpp"

#include <boost/json/array.hpp>
#include <string>
#include <utility>

namespace sluice::domain {
namespace {

std::string path_of(const ValidationError& error) {
  std::string path;
  for (const LocationStep& step : error.location) {
    if (!path.empty()) path += '.';
    const auto* index = std::get_if<std::size_t>(&step);
    path += index != nullptr ? std::to_string(*index) : std::get<std::string>(step);
  }
  return path;
}

}  // namespace

std::string_view error_type(int status) noexcept {
  switch (status) {
    case 401: return "UnauthorizedError";
    case 403: return "ForbiddenError";
    case 404: return "NotFoundError";
    case 405: return "MethodNotAllowedError";
    case 409: return "AlreadyExistsError";
    case 412: return "PreconditionFailedError";
    case 413: return "PayloadTooLargeError";
    case 415: return "UnsupportedMediaTypeError";
    case 422: return "ValidationError";
    case 429: return "TooManyRequestsError";
    case 503: return "ServiceUnavailableError";
    default: return status >= 400 && status < 500 ? "BadRequestError" : "InternalServerError";
  }
}

boost::json::object error_envelope(int status, std::string_view message,
                                   boost::json::object details) {
  return {{"success", false},
          {"status", status},
          {"error",
           {{"type", error_type(status)}, {"message", message}, {"details", std::move(details)}}}};
}

boost::json::object validation_envelope(std::span<const ValidationError> errors) {
  std::string message = "The request is not valid.";
  if (!errors.empty()) message = path_of(errors.front()) + ": " + errors.front().message;
  if (errors.size() > 1) {
    message += " (" + std::to_string(errors.size()) + " problems in all, see details)";
  }
  return error_envelope(422, message, {{"validation_errors", to_json(errors)}});
}

}  // namespace sluice::domain
