// Where UTF-8 (RFC 3629) breaks: simdjson says whether bytes are valid, this says at which one they
// are not.
#pragma once

#include <string_view>

namespace sluice::json {

struct Utf8Fault {
  const char* at = nullptr;  // the first byte of the broken sequence; null: there is none
  bool is_cut_off = false;   // the text ends inside a sequence that is good so far
};

/// Complexity: O(bytes).
Utf8Fault find_utf8_fault(std::string_view text) noexcept;

}  // namespace sluice::json
