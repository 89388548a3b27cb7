// The API's description of itself.
#pragma once

#include <string_view>

namespace sluice::api {

/// data/openapi.yaml as JSON, compiled in: an OpenAPI 3.1 document.
std::string_view openapi_json() noexcept;

}  // namespace sluice::api
