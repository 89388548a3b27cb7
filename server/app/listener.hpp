// How the service listens, from its settings: addresses, limits, TLS, and the proxies in front.
#pragma once

#include <cstddef>

#include "http/server.hpp"
#include "settings/settings.hpp"

namespace sluice::app {

/// Whether the listener speaks TLS.
bool has_tls(const Settings& settings) noexcept;

/// For at most so many connections. Warns in the log of what is unwise.
/// Errors: std::invalid_argument that names the setting and says what to do.
http::ServerOptions listener_options(const Settings& settings, std::size_t connections);

/// Reads certificate and key again for connections to come; if they cannot be used, the log says why,
/// and those in use stay.
void reload_tls(http::Server& server, const Settings& settings);

}  // namespace sluice::app
