#include "http/listen_address.hpp"

#include <charconv>
#include <cstdint>
#include <stdexcept>

namespace sluice::http {

using boost::asio::ip::tcp;

tcp::endpoint parse_listen_address(std::string_view text) {
  const auto refuse = [&] {
    return std::invalid_argument("listen address \"" + std::string(text) +
                                 "\": expected ADDRESS:PORT, such as 127.0.0.1:8080 or [::1]:8080");
  };
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) throw refuse();
  std::string_view host = text.substr(0, colon);
  const std::string_view digits = text.substr(colon + 1);
  const bool is_bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
  if (is_bracketed) host = host.substr(1, host.size() - 2);

  std::uint16_t port = 0;
  const char* const end = digits.data() + digits.size();
  const auto parsed = std::from_chars(digits.data(), end, port);
  boost::system::error_code error;
  const auto address = boost::asio::ip::make_address(std::string(host), error);
  if (error || parsed.ec != std::errc{} || parsed.ptr != end || address.is_v6() != is_bracketed) {
    throw refuse();
  }
  return {address, port};
}

std::string to_text(const tcp::endpoint& endpoint) {
  const std::string host = endpoint.address().to_string();
  const std::string port = std::to_string(endpoint.port());
  return endpoint.address().is_v6() ? "[" + host + "]:" + port : host + ":" + port;
}

}  // namespace sluice::http
