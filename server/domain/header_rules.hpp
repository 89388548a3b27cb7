// Which headers a webhook channel may add to its requests.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace sluice::domain {

inline constexpr std::size_t kMaxHeaders = 64;
inline constexpr std::size_t kMaxHeaderNameBytes = 128;
inline constexpr std::size_t kMaxHeaderValueBytes = 4'096;
inline constexpr std::size_t kMaxHeadersBytes = std::size_t{16} << 10U;  // all names and values

/// What is wrong with a header's name: it is no token, or one that frames the message, names the
/// connection, or is written by the service itself (webhook-*, ce-*). Source: RFC 9110 section 5.1.
std::optional<std::string> header_name_problem(std::string_view name);

/// What is wrong with a header's value: anything but visible ASCII, blanks and tabs; too long.
std::optional<std::string> header_value_problem(std::string_view value);

/// Header names and ASCII words: equal but for case.
bool is_same_header(std::string_view one, std::string_view other) noexcept;

}  // namespace sluice::domain
