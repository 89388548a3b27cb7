// Texts that the service makes up: a prefix that says what they name, and alphanumerics.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace sluice::base {
class Random;
}

namespace sluice::domain {

/// `prefix` and `characters` random alphanumerics.
std::string make_identifier(base::Random& random, std::string_view prefix, std::size_t characters);

/// Whether make_identifier could have made `text`.
bool is_identifier(std::string_view text, std::string_view prefix, std::size_t characters) noexcept;

}  // namespace sluice::domain
