#include "http/problem.hpp"

#include <cstddef>

namespace sluice::http {
namespace {

constexpr std::string_view kHexDigits = "0123456789abcdef";

void append_json_string(std::string& out, std::string_view text) {
  out += '"';
  for (const char letter : text) {
    const auto byte = static_cast<unsigned char>(letter);
    if (letter == '"' || letter == '\\') {
      out += '\\';
      out += letter;
    } else if (byte < 0x20) {
      out += "\\u00";
      out += kHexDigits[byte >> 4U];
      out += kHexDigits[byte & 15U];
    } else {
      out += letter;
    }
  }
  out += '"';
}

}  // namespace

std::string_view problem_type(int status) noexcept {
  switch (status) {
    case 401: return "UnauthorizedError";
    case 403: return "ForbiddenError";
    case 404: return "NotFoundError";
    case 405: return "MethodNotAllowedError";
    case 408: return "RequestTimeoutError";
    case 409: return "AlreadyExistsError";
    case 412: return "PreconditionFailedError";
    case 413: return "PayloadTooLargeError";
    case 414: return "UriTooLongError";
    case 415: return "UnsupportedMediaTypeError";
    case 417: return "ExpectationFailedError";
    case 422: return "ValidationError";
    case 429: return "TooManyRequestsError";
    case 431: return "HeadersTooLargeError";
    case 501: return "NotImplementedError";
    case 503: return "ServiceUnavailableError";
    case 505: return "VersionNotSupportedError";
    default: return status >= 500 ? "InternalServerError" : "BadRequestError";
  }
}

Response problem(int status, std::string_view message, std::string_view details) {
  Response response;
  response.status = status;
  std::string& body = response.body;
  body.reserve(96 + message.size() + details.size());
  body += R"({"success":false,"status":)";
  body += std::to_string(status);
  body += R"(,"error":{"type":")";
  body += problem_type(status);
  body += R"(","message":)";
  append_json_string(body, message);
  body += R"(,"details":)";
  body += details;
  body += "}}";
  if (status == 429 || status == 503) response.headers.emplace_back("Retry-After", "1");
  return response;
}

}  // namespace sluice::http
