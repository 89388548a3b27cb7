// The one envelope that every error of the API comes in.
#pragma once

#include <boost/json/object.hpp>
#include <span>
#include <string_view>

#include "domain/validation_error.hpp"

namespace sluice::domain {

/// The stable name of an error status, such as NotFoundError. A 4xx without a name of its own is a
/// BadRequestError, any other status an InternalServerError. Static storage.
std::string_view error_type(int status) noexcept;

/// `{"success": false, "status", "error": {"type", "message", "details"}}`.
boost::json::object error_envelope(int status, std::string_view message,
                                   boost::json::object details = {});

/// The envelope of a 422: all errors in `details.validation_errors`, the first one in the message.
boost::json::object validation_envelope(std::span<const ValidationError> errors);

}  // namespace sluice::domain
