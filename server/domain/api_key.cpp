#include "domain/api_key.hpp"

#include "domain/identifier.hpp"

namespace sluice::domain {
namespace {

constexpr std::string_view kPrefix = "sk_";
constexpr std::size_t kCharacters = 32;

}  // namespace

bool ApiKey::is_valid_at(base::Time now) const noexcept {
  return !revoked_at && (!expires_at || now < *expires_at);
}

std::string make_api_key(base::Random& random) {
  return make_identifier(random, kPrefix, kCharacters);
}

bool is_api_key(std::string_view text) noexcept {
  return is_identifier(text, kPrefix, kCharacters);
}

}  // namespace sluice::domain
