#include "base/ip_address.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <charconv>
#include <cstring>

namespace sluice::base {
namespace {

constexpr std::size_t kLongestText = INET6_ADDRSTRLEN;
constexpr unsigned kV4Offset = 12;  // of a v4 address in the 16 bytes

}  // namespace

IpAddress IpAddress::v4(std::uint32_t host_order) noexcept {
  IpAddress address;
  for (std::size_t i = 0; i < 4; ++i)
    address.bytes_[kV4Offset + i] = static_cast<std::uint8_t>(host_order >> (24 - 8 * i));
  return address;
}

IpAddress IpAddress::v6(const std::array<std::uint8_t, 16>& bytes) noexcept {
  IpAddress address;
  address.bytes_ = bytes;
  address.family_ = Family::v6;
  return address;
}

std::optional<IpAddress> IpAddress::from_sockaddr(const sockaddr* address,
                                                  socklen_t size) noexcept {
  if (address == nullptr || size < sizeof(sa_family_t)) return std::nullopt;
  if (address->sa_family == AF_INET && size >= sizeof(sockaddr_in)) {
    sockaddr_in in{};
    std::memcpy(&in, address, sizeof(in));
    return v4(ntohl(in.sin_addr.s_addr));
  }
  if (address->sa_family == AF_INET6 && size >= sizeof(sockaddr_in6)) {
    sockaddr_in6 in{};
    std::memcpy(&in, address, sizeof(in));
    std::array<std::uint8_t, 16> bytes;
    std::memcpy(bytes.data(), &in.sin6_addr, bytes.size());
    return v6(bytes);
  }
  return std::nullopt;
}

std::optional<IpAddress> IpAddress::parse(std::string_view text) noexcept {
  char terminated[kLongestText];
  if (text.empty() || text.size() >= sizeof(terminated)) return std::nullopt;
  *std::copy(text.begin(), text.end(), terminated) = '\0';
  // inet_pton takes the canonical forms only; a NUL inside would end the text early.
  if (text.find('\0') != std::string_view::npos) return std::nullopt;
  in_addr four{};
  if (inet_pton(AF_INET, terminated, &four) == 1) return v4(ntohl(four.s_addr));
  std::array<std::uint8_t, 16> bytes;
  if (inet_pton(AF_INET6, terminated, bytes.data()) == 1) return v6(bytes);
  return std::nullopt;
}

std::uint32_t IpAddress::host_order() const noexcept {
  std::uint32_t value = 0;
  for (std::size_t i = kV4Offset; i < bytes_.size(); ++i) value = (value << 8U) | bytes_[i];
  return value;
}

std::string IpAddress::text() const {
  char buffer[kLongestText];
  const bool is_v4 = family_ == Family::v4;
  const void* source = is_v4 ? bytes_.data() + kV4Offset : bytes_.data();
  return inet_ntop(is_v4 ? AF_INET : AF_INET6, source, buffer, sizeof(buffer));
}

IpAddress IpAddress::unmapped() const noexcept {
  constexpr std::array<std::uint8_t, kV4Offset> kMapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  const bool is_mapped =
      family_ == Family::v6 && std::equal(kMapped.begin(), kMapped.end(), bytes_.begin());
  return is_mapped ? v4(host_order()) : *this;
}

socklen_t IpAddress::to_sockaddr(std::uint16_t port, sockaddr_storage& storage) const noexcept {
  storage = {};
  if (family_ == Family::v4) {
    sockaddr_in in{};
    in.sin_family = AF_INET;
    in.sin_port = htons(port);
    in.sin_addr.s_addr = htonl(host_order());
    std::memcpy(&storage, &in, sizeof(in));
    return sizeof(in);
  }
  sockaddr_in6 in{};
  in.sin6_family = AF_INET6;
  in.sin6_port = htons(port);
  std::memcpy(&in.sin6_addr, bytes_.data(), bytes_.size());
  std::memcpy(&storage, &in, sizeof(in));
  return sizeof(in);
}

std::optional<IpBlock> IpBlock::parse(std::string_view text) noexcept {
  const std::size_t slash = text.find('/');
  const std::optional<IpAddress> address = IpAddress::parse(text.substr(0, slash));
  if (!address) return std::nullopt;
  const bool is_v4 = address->family() == IpAddress::Family::v4;
  unsigned bits = is_v4 ? 32 : 128;
  if (slash != std::string_view::npos) {
    const std::string_view digits = text.substr(slash + 1);
    const char* end = digits.data() + digits.size();
    const unsigned most = bits;
    const auto [stop, error] = std::from_chars(digits.data(), end, bits);
    if (error != std::errc{} || stop != end || bits > most) return std::nullopt;
  }
  IpBlock block{*address, is_v4 ? bits + 8 * kV4Offset : bits};
  return block.masked(*address) == address->bytes() ? std::optional{block} : std::nullopt;
}

std::array<std::uint8_t, 16> IpBlock::masked(const IpAddress& address) const noexcept {
  std::array<std::uint8_t, 16> bytes = address.bytes();
  for (unsigned bit = prefix_bits_; bit < 128; bit = (bit | 7U) + 1) {
    const auto keep = static_cast<std::uint8_t>(0xff00U >> (bit % 8));
    bytes[bit / 8] = static_cast<std::uint8_t>(bytes[bit / 8] & keep);
  }
  return bytes;
}

bool IpBlock::contains(const IpAddress& address) const noexcept {
  return address.family() == first_.family() && masked(address) == first_.bytes();
}

}  // namespace sluice::base
