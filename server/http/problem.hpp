// Errors as the contract's envelope: the one place where a status gets its type.
#pragma once

#include <string>
#include <string_view>

#include "http/response.hpp"

namespace sluice::http {

/// "ValidationError" for 422; "BadRequestError" or "InternalServerError" where there is none of its
/// own.
std::string_view problem_type(int status) noexcept;

/// {"success":false,"status":...,"error":{"type":...,"message":...,"details":{}}}, with
/// Retry-After: 1 for 429 and 503. `details` is JSON text of an object.
Response problem(int status, std::string_view message, std::string_view details = "{}");

}  // namespace sluice::http
