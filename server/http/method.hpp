// The methods that routes are written for; a server meets others, and answers 405 to them.
#pragma once

#include <cstdint>
#include <string_view>

namespace sluice::http {

enum class Method : std::uint8_t { get, head, post, put, patch, delete_, options, other };

/// As it stands in a request line; "OTHER" for `other`.
std::string_view to_text(Method method) noexcept;

/// Case-sensitive, as RFC 9110 section 9.1 has it; what is not listed above is `other`.
Method to_method(std::string_view text) noexcept;

}  // namespace sluice::http
