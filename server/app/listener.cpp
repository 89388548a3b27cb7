#include "app/listener.hpp"

#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/ip_address.hpp"
#include "base/log.hpp"
#include "base/time.hpp"

namespace sluice::app {
namespace {

using std::chrono::seconds;

std::shared_ptr<const http::TlsCredentials> load_tls(const Settings& settings) {
  if (settings.tls_certificate_file.empty() || settings.tls_key_file.empty()) {
    const bool lacks_key = settings.tls_key_file.empty();
    throw std::invalid_argument(
        std::string{lacks_key ? "tls.key_file" : "tls.certificate_file"} +
        " is not set: TLS needs both, tls.certificate_file and tls.key_file");
  }
  std::shared_ptr<const http::TlsCredentials> credentials;
  try {
    credentials = std::make_shared<const http::TlsCredentials>(
        http::TlsFiles{settings.tls_certificate_file, settings.tls_key_file});
  } catch (const http::TlsFileError& error) {
    const bool is_key = error.which == http::TlsFileError::Which::key;
    throw std::invalid_argument(
        std::string{is_key ? "tls.key_file: " : "tls.certificate_file: "} + error.what() +
        (is_key ? "; expected the certificate's private key, PEM, that the service may read"
                : "; expected a certificate and its chain, PEM, that the service may read"));
  }
  const std::string expires_at = base::to_iso8601(credentials->expires_at());
  base::log_info("TLS shows a certificate",
                 {{"file", settings.tls_certificate_file}, {"expires_at", expires_at}});
  if (credentials->expires_at() <= base::SystemClock{}.now())
    base::log_warning("the certificate has expired", {{"file", settings.tls_certificate_file}});
  if (credentials->is_key_exposed())
    base::log_warning("every user of this machine may read the private key; chmod 600 it",
                      {{"file", settings.tls_key_file}});
  return credentials;
}

http::TrustedProxies trusted_proxies(const Settings& settings) {
  if (settings.proxy_protocol == "required" && settings.proxy_trusted.empty())
    throw std::invalid_argument(
        "proxy.protocol is required, but proxy.trusted names nobody: set it to the networks that "
        "the proxies connect from");
  try {
    return http::TrustedProxies(settings.proxy_trusted);
  } catch (const std::invalid_argument& error) {
    throw std::invalid_argument("proxy.trusted: '" + std::string{error.what()} +
                                "' is not a network such as 10.0.0.0/8, 192.0.2.7 or fd00::/8");
  }
}

/// Of "127.0.0.1:8080" and "[::1]:8080".
bool is_loopback(std::string_view listen) {
  std::string_view host = listen.substr(0, listen.rfind(':'));
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  const auto address = base::IpAddress::parse(host);
  if (!address) return false;
  const std::string text = address->unmapped().text();
  return text.starts_with("127.") || text == "::1";
}

}  // namespace

bool has_tls(const Settings& settings) noexcept {
  return !settings.tls_certificate_file.empty() || !settings.tls_key_file.empty();
}

http::ServerOptions listener_options(const Settings& settings, std::size_t connections) {
  http::ServerOptions options;
  options.listen = settings.listen;
  options.threads = static_cast<unsigned>(settings.threads);
  options.connections = connections;
  options.connections_per_address = settings.http_max_connections_per_address;
  options.limits.header_bytes = settings.http_max_header_bytes;
  options.limits.url_bytes = settings.http_max_url_bytes;
  options.limits.opening_deadline = seconds{settings.http_handshake_timeout};
  options.limits.header_deadline = seconds{settings.http_header_timeout};
  options.limits.body_inactivity = seconds{settings.http_body_timeout};
  options.limits.write_deadline = seconds{settings.http_write_timeout};
  options.limits.keep_alive = seconds{settings.http_idle_timeout};
  options.proxies = trusted_proxies(settings);
  options.expects_proxy_header = settings.proxy_protocol == "required";
  if (has_tls(settings)) {
    options.tls = load_tls(settings);
  } else if (options.proxies.is_empty() && !is_loopback(settings.listen)) {
    base::log_warning(
        "other machines can connect without TLS, and who listens on the way sees keys and events; "
        "set tls.certificate_file and tls.key_file, or put a proxy in front and name it in "
        "proxy.trusted",
        {{"listen", settings.listen}});
  }
  return options;
}

void reload_tls(http::Server& server, const Settings& settings) {
  try {
    server.use(load_tls(settings));
  } catch (const std::exception& error) {
    base::log_error("the certificate in use stays", {{"error", error.what()}});
  }
}

}  // namespace sluice::app
