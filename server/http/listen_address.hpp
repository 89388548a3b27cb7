// "127.0.0.1:8080", "[::1]:0": where a server listens, as text.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <string>
#include <string_view>

namespace sluice::http {

/// Errors: std::invalid_argument that names what was expected.
boost::asio::ip::tcp::endpoint parse_listen_address(std::string_view text);

std::string to_text(const boost::asio::ip::tcp::endpoint& endpoint);

}  // namespace sluice::http
