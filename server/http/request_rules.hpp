// What RFC 9112 asks of a request beyond its grammar, rule by rule: what one server reads otherwise
// than the next is how requests are smuggled.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace sluice::http {

/// 1 to 128 visible ASCII characters, which may come back in X-Request-Id.
bool is_request_id(std::string_view text) noexcept;

/// Source: RFC 9110 section 7.2: uri-host [":" port]; an empty one is allowed.
bool is_host(std::string_view text) noexcept;

/// One number in digits only. Source: RFC 9110 section 8.6.
std::optional<std::uint64_t> content_length(std::string_view text) noexcept;

/// Whether a server may take it: "/...", "*" (`is_options`), or "http://...". Source: RFC 9112
/// section 3.2.
bool is_target(std::string_view text, bool is_options) noexcept;

/// `target` without scheme and authority; "" if that was all.
std::string_view origin_form(std::string_view target) noexcept;

/// Whether `line`, the first of a message, names a well-formed version of HTTP, whichever it is.
bool has_http_version(std::string_view line) noexcept;

}  // namespace sluice::http
