// Bytes as text: base64 and hexadecimal.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace sluice::base {

/// With padding. Source: RFC 4648 section 4.
std::string to_base64(std::string_view bytes);

/// Nothing: the text is not what to_base64() makes of any bytes; blanks, missing padding and
/// leftover bits are refused.
std::optional<std::string> from_base64(std::string_view text);

/// Two lower-case digits a byte.
std::string to_hex(std::string_view bytes);

}  // namespace sluice::base
