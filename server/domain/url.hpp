// URLs that deliveries go to. There is one parser of them in the service: what was checked when a
// webhook was written is what is connected to later.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace sluice::domain {

inline constexpr std::size_t kMaxUrlBytes = 2048;

/// An absolute http or https URL without userinfo and fragment.
struct Url {
  bool is_secure = true;  ///< https
  std::string host;       ///< lower case; an IPv6 address without its brackets
  bool is_ipv4 = false;   ///< the host is an address, as dotted numbers
  bool is_ipv6 = false;   ///< the host is an address
  std::uint16_t port = 443;
  std::string target;  ///< path and query as they go into a request line, at least "/"

  /// `host`, or `host:port` where the port is not the scheme's own; IPv6 in brackets.
  std::string authority() const;
};

struct UrlError {
  std::string type;     ///< url_parsing, url_scheme or url_too_long
  std::string message;  ///< what was expected
};

/// Reads a URL strictly: no blanks, no control characters, non-ASCII only percent-encoded, and a
/// host that is an address or a name whose last label is no number (resolvers take `0x7f.1` for an
/// address). Source: RFC 3986; the rule about numbers is the URL Standard's.
std::variant<Url, UrlError> parse_url(std::string_view text);

/// Scheme, host and port are the same.
bool have_same_origin(const Url& one, const Url& other);

/// What the operator's egress rules say about a URL when it is written into a webhook. They decide
/// about http and about literal addresses; names are vetted once they are resolved.
class UrlRules {
 public:
  virtual ~UrlRules() = default;
  UrlRules(const UrlRules&) = delete;
  UrlRules& operator=(const UrlRules&) = delete;

  /// Why a URL that parse_url accepted may not be used; nothing if it may. Must not block.
  virtual std::optional<std::string> refuse(std::string_view url) const = 0;

 protected:
  UrlRules() = default;
};

}  // namespace sluice::domain
