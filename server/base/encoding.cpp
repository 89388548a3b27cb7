#include "base/encoding.hpp"

#include <array>
#include <cstdint>

namespace sluice::base {
namespace {

constexpr std::string_view kDigits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::uint8_t kNoDigit = 64;

constexpr std::array<std::uint8_t, 256> kValues = [] {
  std::array<std::uint8_t, 256> values{};
  values.fill(kNoDigit);
  for (std::size_t i = 0; i < kDigits.size(); ++i)
    values[static_cast<unsigned char>(kDigits[i])] = static_cast<std::uint8_t>(i);
  return values;
}();

std::uint32_t octet(char c) noexcept { return static_cast<unsigned char>(c); }

/// The `padding` bytes that the last group of four lacks, or more than two if it is malformed.
std::size_t padding_of(std::string_view text) noexcept {
  std::size_t padding = 0;
  while (padding < text.size() && text[text.size() - 1 - padding] == '=') ++padding;
  return padding;
}

}  // namespace

std::string to_base64(std::string_view bytes) {
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::size_t count = bytes.size() - i;
    const std::uint32_t group = octet(bytes[i]) << 16U |
                                (count > 1 ? octet(bytes[i + 1]) << 8U : 0U) |
                                (count > 2 ? octet(bytes[i + 2]) : 0U);
    text += kDigits[group >> 18U];
    text += kDigits[group >> 12U & 63U];
    text += count > 1 ? kDigits[group >> 6U & 63U] : '=';
    text += count > 2 ? kDigits[group & 63U] : '=';
  }
  return text;
}

std::optional<std::string> from_base64(std::string_view text) {
  const std::size_t padding = padding_of(text);
  if (text.size() % 4 != 0 || padding > 2) return std::nullopt;
  std::string bytes;
  bytes.reserve(text.size() / 4 * 3);
  std::uint32_t bits = 0;
  std::uint32_t held = 0;  // how many of `bits` are not yet written
  for (const char c : text.substr(0, text.size() - padding)) {
    const std::uint8_t value = kValues[static_cast<unsigned char>(c)];
    if (value == kNoDigit) return std::nullopt;
    bits = bits << 6U | value;
    held += 6;
    if (held < 8) continue;
    held -= 8;
    bytes += static_cast<char>(bits >> held & 255U);
  }
  if ((bits & ((1U << held) - 1)) != 0) return std::nullopt;
  return bytes;
}

std::string to_hex(std::string_view bytes) {
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string text;
  text.reserve(bytes.size() * 2);
  for (const char c : bytes) {
    text += kHex[octet(c) >> 4U];
    text += kHex[octet(c) & 15U];
  }
  return text;
}

}  // namespace sluice::base
