// What is UTF-8, for bytes of strangers that become text: of logs, and of answers, which are JSON.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace sluice::base {

/// Bytes of the well-formed character that `text`, which is not empty, begins with; 0: there is none.
/// Source: the Unicode Standard, table 3-7.
std::size_t utf8_length(std::string_view text) noexcept;

/// `text` with a '?' in place of every byte that is part of no well-formed character: never longer.
std::string repaired_utf8(std::string text);

}  // namespace sluice::base
