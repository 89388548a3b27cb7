#include "base/random.hpp"

#include <sys/random.h>

#include <array>
#include <cerrno>
#include <string_view>
#include <system_error>

namespace sluice::base {
namespace {

constexpr std::string_view kCharacters =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
// A byte at or above the last multiple of 62 is thrown away: taking it would favour some characters.
constexpr std::size_t kFairBytes = 256 - 256 % kCharacters.size();

}  // namespace

void SystemRandom::fill(std::span<std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t filled = ::getrandom(bytes.data(), bytes.size(), 0);
    if (filled < 0) {
      if (errno == EINTR) continue;
      throw std::system_error(errno, std::generic_category(), "no randomness from the kernel");
    }
    bytes = bytes.subspan(static_cast<std::size_t>(filled));
  }
}

std::string random_alphanumeric(Random& random, std::size_t length) {
  std::string text;
  text.reserve(length);
  std::array<std::byte, 64> bytes;
  while (text.size() < length) {
    random.fill(bytes);
    for (const std::byte byte : bytes) {
      const auto value = std::to_integer<std::size_t>(byte);
      if (value < kFairBytes && text.size() < length)
        text += kCharacters[value % kCharacters.size()];
    }
  }
  return text;
}

}  // namespace sluice::base
