#include "domain/organisation.hpp"

#include "domain/identifier.hpp"

namespace sluice::domain {

std::string make_internal_id(base::Random& random) {
  constexpr std::size_t kCharacters = 24;
  return make_identifier(random, "int_", kCharacters);
}

}  // namespace sluice::domain
