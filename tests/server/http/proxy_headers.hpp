// The binary form of PROXY headers, as proxies write it.
#pragma once

#include <arpa/inet.h>

#include <array>
#include <string>
#include <string_view>

namespace sluice::testkit {

inline std::string binary_header(int command, int family, const std::string& rest) {
  std::string header("\r\n\r\n\0\r\nQUIT\n", 12);
  header += static_cast<char>(command);
  header += static_cast<char>(family);
  header += static_cast<char>(rest.size() >> 8U);
  header += static_cast<char>(rest.size() & 0xffU);
  return header + rest;
}

/// From `source`, four bytes, to somewhere.
inline std::string tcp4(const char* source) {
  std::string block(12, '\x01');
  for (std::size_t i = 0; i < 4; ++i) block[i] = source[i];
  return block;
}

inline std::string tcp6(const char* source) {
  std::array<char, 16> bytes{};
  ::inet_pton(AF_INET6, source, bytes.data());
  return std::string(bytes.data(), bytes.size()) + std::string(20, '\x01');
}

}  // namespace sluice::testkit
