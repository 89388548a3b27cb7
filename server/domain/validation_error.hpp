// One thing that is wrong with a request body, in the manner of the API that sluice is compatible
// with: a stable type, the place, and a sentence that says what was expected.
#pragma once

#include <boost/json/array.hpp>
#include <cstddef>
#include <span>
#include <string>
#include <variant>
#include <vector>

namespace sluice::domain {

/// A key of an object or an index of an array.
using LocationStep = std::variant<std::string, std::size_t>;

struct ValidationError {
  std::string type;                    ///< such as missing, string_type, string_too_long, enum
  std::vector<LocationStep> location;  ///< starts with "body", "query" or "path"
  std::string message;
};

/// `[{"type", "location", "message"}...]`, as `details.validation_errors` holds it.
boost::json::array to_json(std::span<const ValidationError> errors);

}  // namespace sluice::domain
