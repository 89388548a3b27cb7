#include "http/request_ids.hpp"

#include <cstddef>
#include <span>

namespace sluice::http {
namespace {

constexpr std::string_view kPrefix = "req_";
constexpr std::size_t kSeedDigits = 8;

void put_hex(char* at, std::uint64_t value, std::size_t digits) noexcept {
  constexpr std::string_view kDigits = "0123456789abcdef";
  for (std::size_t index = digits; index > 0; --index) {
    at[index - 1] = kDigits[value & 15U];
    value >>= 4U;
  }
}

// A bijection, so that no id comes twice. Source: Steele, Lea, Flood, "Fast splittable pseudorandom
// number generators" (splitmix64).
std::uint64_t mixed(std::uint64_t value) noexcept {
  value = (value ^ (value >> 30U)) * 0xbf58476d1ce4e5b9U;
  value = (value ^ (value >> 27U)) * 0x94d049bb133111ebU;
  return value ^ (value >> 31U);
}

}  // namespace

RequestIds::RequestIds(base::Random& random) {
  std::array<std::uint64_t, 2> seed{};
  random.fill(std::as_writable_bytes(std::span(seed)));
  kPrefix.copy(text_.data(), kPrefix.size());
  put_hex(text_.data() + kPrefix.size(), seed[0], kSeedDigits);
  counter_ = seed[1];
}

std::string_view RequestIds::next() noexcept {
  const std::size_t fixed = kPrefix.size() + kSeedDigits;
  put_hex(text_.data() + fixed, mixed(++counter_), text_.size() - fixed);
  return {text_.data(), text_.size()};
}

}  // namespace sluice::http
