// An IP address as a value: who connects, what the egress rules judge, what a connection is made to.
#pragma once

#include <sys/socket.h>

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sluice::base {

class IpAddress {
 public:
  enum class Family : std::uint8_t { v4, v6 };

  /// `host_order`: 127.0.0.1 is 0x7f000001.
  static IpAddress v4(std::uint32_t host_order) noexcept;
  static IpAddress v6(const std::array<std::uint8_t, 16>& bytes) noexcept;

  /// None: the family is neither AF_INET nor AF_INET6, or `size` is too short for it.
  static std::optional<IpAddress> from_sockaddr(const sockaddr* address, socklen_t size) noexcept;

  /// Four decimal numbers, or RFC 4291 text without a zone and without brackets; nothing else that
  /// resolvers take for an address.
  static std::optional<IpAddress> parse(std::string_view text) noexcept;

  Family family() const noexcept { return family_; }
  /// Of a v4 address.
  std::uint32_t host_order() const noexcept;
  /// Of a v6 address; a v4 address has its four bytes at the end and zeros before.
  const std::array<std::uint8_t, 16>& bytes() const noexcept { return bytes_; }
  std::string text() const;
  /// The v4 address that a v6 one maps (::ffff:192.0.2.1), which is the same peer; else itself.
  IpAddress unmapped() const noexcept;

  /// Fills `storage` for connect(2) and returns its size.
  socklen_t to_sockaddr(std::uint16_t port, sockaddr_storage& storage) const noexcept;

  friend auto operator<=>(const IpAddress&, const IpAddress&) = default;

 private:
  std::array<std::uint8_t, 16> bytes_{};
  Family family_ = Family::v4;
};

/// A block of addresses in CIDR notation.
class IpBlock {
 public:
  /// `192.0.2.0/24`, `2001:db8::/32`, or an address alone. None: malformed, or bits are set behind
  /// the prefix.
  static std::optional<IpBlock> parse(std::string_view text) noexcept;

  bool contains(const IpAddress& address) const noexcept;

 private:
  IpBlock(const IpAddress& first, unsigned prefix_bits) noexcept
      : first_(first), prefix_bits_(prefix_bits) {}
  std::array<std::uint8_t, 16> masked(const IpAddress& address) const noexcept;

  IpAddress first_;
  unsigned prefix_bits_;  // of the 16 bytes, of a v4 block too
};

}  // namespace sluice::base
