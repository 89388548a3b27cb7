// What a handler sees of a request before its body: views into memory that the connection owns.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "http/method.hpp"

namespace sluice::http {

struct HeaderField {
  std::string_view name;
  std::string_view value;  // without blanks at either end
};

/// Lifetime: its views live while the Reply or the BodyReceiver of the request does.
struct RequestHead {
  Method method = Method::other;
  std::string_view target;  // as it was sent, without scheme and authority
  std::string_view path;    // the part of target before '?', still percent-encoded
  std::string_view query;   // the part after it
  std::span<const HeaderField> fields;
  std::optional<std::uint64_t> content_length;  // none: chunked, or no body
  bool has_body = false;                        // bytes follow: a length over 0, or chunked
  bool is_http_1_0 = false;
  std::string_view peer_address;  // "127.0.0.1", "::1": without the port
  bool is_peer_vouched_for = false;  // peer_address is what a trusted proxy said of its client
  std::string_view request_id;    // what X-Request-Id of the answer will say

  /// The value of the first field of that name, in any case; empty when there is none.
  /// Complexity: O(fields).
  std::string_view header(std::string_view name) const noexcept;
  /// The values of all fields of that name, as the one list that they are. Complexity: O(fields).
  /// Errors: std::bad_alloc. Source: RFC 9110 section 5.3.
  std::string joined_header(std::string_view name) const;
};

/// Whether two texts differ in nothing but the case of ASCII letters.
bool equal_ignoring_case(std::string_view left, std::string_view right) noexcept;

}  // namespace sluice::http
