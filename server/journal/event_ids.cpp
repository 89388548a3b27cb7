#include "journal/event_ids.hpp"

#include <limits>

namespace sluice::journal {
namespace {

constexpr std::string_view kPrefix = "evt_";
constexpr std::string_view kDigits =
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
constexpr std::size_t kLength = 11;  // 62^11 > 2^64

int digit_of(char c) noexcept {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'A' && c <= 'Z') return c - 'A' + 10;
  if (c >= 'a' && c <= 'z') return c - 'a' + 36;
  return -1;
}

/// The round function: any function does for a permutation, a well mixed one hides.
std::uint32_t round_of(std::uint32_t half, std::uint64_t key) noexcept {
  std::uint64_t mixed = (half ^ key) * 0x9E3779B97F4A7C15U;
  mixed = (mixed ^ (mixed >> 32U) ^ key) * 0xBF58476D1CE4E5B9U;
  return static_cast<std::uint32_t>(mixed >> 32U);
}

}  // namespace

// A Feistel network of four rounds. Source: M. Luby and C. Rackoff, "How to construct pseudorandom
// permutations from pseudorandom functions", SIAM J. Comput. 17 (1988).
std::uint64_t EventIds::shuffle(std::uint64_t value) const noexcept {
  auto left = static_cast<std::uint32_t>(value >> 32U);
  auto right = static_cast<std::uint32_t>(value);
  for (const std::uint64_t key : key_) {
    const std::uint32_t next = left ^ round_of(right, key);
    left = right;
    right = next;
  }
  return (std::uint64_t{left} << 32U) | right;
}

std::uint64_t EventIds::unshuffle(std::uint64_t value) const noexcept {
  auto left = static_cast<std::uint32_t>(value >> 32U);
  auto right = static_cast<std::uint32_t>(value);
  for (auto key = key_.rbegin(); key != key_.rend(); ++key) {
    const std::uint32_t before = right ^ round_of(left, *key);
    right = left;
    left = before;
  }
  return (std::uint64_t{left} << 32U) | right;
}

std::string EventIds::to_text(Sequence sequence) const {
  std::uint64_t value = shuffle(sequence);
  std::string text(kPrefix.size() + kLength, '0');
  text.replace(0, kPrefix.size(), kPrefix);
  for (std::size_t i = text.size(); i > kPrefix.size(); --i) {
    text[i - 1] = kDigits[value % kDigits.size()];
    value /= kDigits.size();
  }
  return text;
}

std::optional<Sequence> EventIds::parse(std::string_view text) const noexcept {
  if (text.size() != kPrefix.size() + kLength || !text.starts_with(kPrefix)) return std::nullopt;
  std::uint64_t value = 0;
  for (const char c : text.substr(kPrefix.size())) {
    const int digit = digit_of(c);
    if (digit < 0) return std::nullopt;
    const auto next = static_cast<std::uint64_t>(digit);
    if (value > (std::numeric_limits<std::uint64_t>::max() - next) / kDigits.size())
      return std::nullopt;
    value = value * kDigits.size() + next;
  }
  return unshuffle(value);
}

}  // namespace sluice::journal
