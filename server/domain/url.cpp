#include "domain/url.hpp"

#include <algorithm>
#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

namespace sluice::domain {
namespace {

constexpr std::size_t kMaxHostBytes = 253;
constexpr std::size_t kMaxLabelBytes = 63;

UrlError syntax_error(std::string message) { return {"url_parsing", std::move(message)}; }

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_label_character(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || c == '-' || c == '_';
}

bool is_label(std::string_view label) {
  return !label.empty() && label.size() <= kMaxLabelBytes && label.front() != '-' &&
         label.back() != '-' && std::ranges::all_of(label, is_label_character);
}

/// Resolvers read such a last label, and then the whole name, as the number of an address.
bool looks_like_a_number(std::string_view label) {
  return std::ranges::all_of(label, is_digit) || label.starts_with("0x");
}

bool is_host_name(std::string_view host) {
  if (host.ends_with('.')) host.remove_suffix(1);
  if (host.size() > kMaxHostBytes) return false;
  while (true) {
    const std::size_t dot = host.find('.');
    const std::string_view label = host.substr(0, dot);
    if (!is_label(label)) return false;
    if (dot == std::string_view::npos) return !looks_like_a_number(label);
    host.remove_prefix(dot + 1);
  }
}

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return result;
}

std::optional<UrlError> read_host(const boost::urls::url_view& view, Url& url) {
  using boost::urls::host_type;
  switch (view.host_type()) {
    case host_type::ipv4: url.is_ipv4 = true; break;
    case host_type::ipv6: url.is_ipv6 = true; break;
    case host_type::name: break;
    default: return syntax_error("expected a host, as in https://example.com/hook");
  }
  url.host = lower(view.encoded_host());
  if (url.is_ipv6) url.host = url.host.substr(1, url.host.size() - 2);
  if (!url.is_ipv4 && !url.is_ipv6 && !is_host_name(url.host)) {
    return syntax_error(
        "expected a host name of letters, digits, '-' and '.', or an IP address in "
        "its usual form; write international names in their xn-- form");
  }
  return std::nullopt;
}

std::optional<UrlError> read_port(const boost::urls::url_view& view, Url& url) {
  url.port = url.is_secure ? 443 : 80;
  if (!view.has_port() || view.port().empty()) return std::nullopt;
  if (view.port_number() == 0) return syntax_error("expected a port between 1 and 65535");
  url.port = view.port_number();
  return std::nullopt;
}

std::string target_of(const boost::urls::url_view& view) {
  std::string target(view.encoded_path());
  if (target.empty()) target = "/";
  if (view.has_query()) target.append("?").append(view.encoded_query());
  return target;
}

}  // namespace

std::string Url::authority() const {
  std::string text = is_ipv6 ? "[" + host + "]" : host;
  if (port != (is_secure ? 443 : 80)) text.append(":").append(std::to_string(port));
  return text;
}

std::variant<Url, UrlError> parse_url(std::string_view text) {
  if (text.size() > kMaxUrlBytes) {
    return UrlError{"url_too_long", "expected at most " + std::to_string(kMaxUrlBytes) + " bytes"};
  }
  const auto parsed = boost::urls::parse_uri(text);
  if (!parsed) {
    return syntax_error(
        "expected an absolute URL such as https://example.com/hook, with blanks and "
        "non-ASCII characters percent-encoded");
  }
  const boost::urls::url_view view = *parsed;
  const std::string scheme = lower(view.scheme());
  Url url;
  url.is_secure = scheme == "https";
  if (!url.is_secure && scheme != "http") {
    return UrlError{"url_scheme", "expected a URL that starts with https://"};
  }
  if (!view.has_authority()) return syntax_error("expected https:// followed by a host");
  if (view.has_userinfo()) {
    return syntax_error(
        "expected no user name or password in the URL; send credentials in headers");
  }
  if (view.has_fragment()) return syntax_error("expected no #fragment: it would never be sent");
  // Boost 1.81 takes what follows an address or a port for the path, as in http://1.2.3.4.5/.
  if (!view.encoded_path().empty() && !view.encoded_path().starts_with('/')) {
    return syntax_error("expected a '/' between the host and the path");
  }
  if (auto error = read_host(view, url)) return *std::move(error);
  if (auto error = read_port(view, url)) return *std::move(error);
  url.target = target_of(view);
  return url;
}

bool have_same_origin(const Url& one, const Url& other) {
  return one.is_secure == other.is_secure && one.host == other.host && one.port == other.port;
}

}  // namespace sluice::domain
