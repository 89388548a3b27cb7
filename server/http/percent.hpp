// Percent-encoding (RFC 3986 section 2.1), strict: what does not decode to clean UTF-8 is refused.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace sluice::http {

/// None: '%' without two hex digits, bytes that are no UTF-8, or a control character.
std::optional<std::string> percent_decoded(std::string_view text);

}  // namespace sluice::http
