#include "domain/identifier.hpp"

#include <algorithm>

#include "base/random.hpp"

namespace sluice::domain {
namespace {

bool is_alphanumeric(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

}  // namespace

std::string make_identifier(base::Random& random, std::string_view prefix, std::size_t characters) {
  return std::string{prefix} + base::random_alphanumeric(random, characters);
}

bool is_identifier(std::string_view text, std::string_view prefix,
                   std::size_t characters) noexcept {
  return text.size() == prefix.size() + characters && text.starts_with(prefix) &&
         std::ranges::all_of(text.substr(prefix.size()), is_alphanumeric);
}

}  // namespace sluice::domain
