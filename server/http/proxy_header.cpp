#include "http/proxy_header.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace sluice::http {
namespace {

using base::IpAddress;
using State = ProxyHeader::State;

constexpr std::string_view kTextStart = "PROXY ";
constexpr std::string_view kBinaryStart{"\r\n\r\n\0\r\nQUIT\n", 12};
constexpr std::size_t kMostTextBytes = 107;  // with CR LF
constexpr std::size_t kBinaryPrelude = 16;   // signature, command, family, length

constexpr ProxyHeader kIncomplete{State::incomplete};
constexpr ProxyHeader kMalformed{State::malformed};

std::uint8_t byte_at(std::string_view bytes, std::size_t index) noexcept {
  return static_cast<std::uint8_t>(bytes[index]);
}

bool is_port(std::string_view text) noexcept {
  std::uint16_t port = 0;
  const char* const end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, port);
  return read.ec == std::errc{} && read.ptr == end;
}

/// The word before the next blank, which goes with it.
std::string_view take_word(std::string_view& text) noexcept {
  const std::size_t end = std::min(text.find(' '), text.size());
  const std::string_view word = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return word;
}

ProxyHeader read_text(std::string_view bytes) noexcept {
  const std::string_view most = bytes.substr(0, kMostTextBytes);
  const std::size_t end = most.find("\r\n");
  if (end == std::string_view::npos)
    return most.size() < kMostTextBytes ? kIncomplete : kMalformed;
  ProxyHeader header{State::complete, end + 2};
  std::string_view line = most.substr(kTextStart.size(), end - kTextStart.size());
  const std::string_view protocol = take_word(line);
  if (protocol == "UNKNOWN") return header;
  if (protocol != "TCP4" && protocol != "TCP6") return kMalformed;
  const auto family = protocol == "TCP4" ? IpAddress::Family::v4 : IpAddress::Family::v6;
  const auto source = IpAddress::parse(take_word(line));
  const auto destination = IpAddress::parse(take_word(line));
  const bool has_ports = is_port(take_word(line)) && is_port(line);
  if (!source || !destination || !has_ports) return kMalformed;
  if (source->family() != family || destination->family() != family) return kMalformed;
  header.client = source->unmapped();
  return header;
}

std::optional<IpAddress> read_address(std::string_view bytes, IpAddress::Family family) noexcept {
  if (family == IpAddress::Family::v4) {
    if (bytes.size() < 12) return std::nullopt;
    std::uint32_t host_order = 0;
    for (std::size_t i = 0; i < 4; ++i) host_order = host_order << 8U | byte_at(bytes, i);
    return IpAddress::v4(host_order);
  }
  if (bytes.size() < 36) return std::nullopt;
  std::array<std::uint8_t, 16> address;
  for (std::size_t i = 0; i < address.size(); ++i) address[i] = byte_at(bytes, i);
  return IpAddress::v6(address).unmapped();
}

ProxyHeader read_binary(std::string_view bytes) noexcept {
  if (bytes.size() < kBinaryPrelude) return kIncomplete;
  const std::uint8_t command = byte_at(bytes, 12);
  const std::uint8_t family = byte_at(bytes, 13);
  const std::size_t length = byte_at(bytes, 14) * std::size_t{256} + byte_at(bytes, 15);
  const bool is_local = command == 0x20;
  if (!is_local && command != 0x21) return kMalformed;
  if (kBinaryPrelude + length > ProxyHeader::kMostBytes) return kMalformed;
  if (bytes.size() < kBinaryPrelude + length) return kIncomplete;
  ProxyHeader header{State::complete, kBinaryPrelude + length};
  constexpr std::uint8_t kUnspecified = 0x00;
  constexpr std::uint8_t kTcp4 = 0x11;
  constexpr std::uint8_t kTcp6 = 0x21;
  constexpr std::uint8_t kUnixStream = 0x31;  // it has no address of the network
  if (is_local || family == kUnspecified || family == kUnixStream) return header;
  if (family != kTcp4 && family != kTcp6) return kMalformed;
  header.client =
      read_address(bytes.substr(kBinaryPrelude, length),
                   family == kTcp4 ? IpAddress::Family::v4 : IpAddress::Family::v6);
  return header.client ? header : kMalformed;
}

bool begins_as(std::string_view bytes, std::string_view start) noexcept {
  return bytes.substr(0, start.size()) == start.substr(0, bytes.size());
}

}  // namespace

ProxyHeader read_proxy_header(std::string_view bytes) noexcept {
  for (const std::string_view start : {kTextStart, kBinaryStart}) {
    if (!begins_as(bytes, start)) continue;
    if (bytes.size() < start.size()) return kIncomplete;
    return start == kTextStart ? read_text(bytes) : read_binary(bytes);
  }
  return kMalformed;
}

}  // namespace sluice::http
