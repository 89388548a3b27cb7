// A tenant: everything that callers see is scoped to one.
#pragma once

#include <cstdint>
#include <string>

namespace sluice::base {
class Random;
}

namespace sluice::domain {

struct Organisation {
  std::uint32_t number = 0;
  std::string name;
  std::string internal_id;  ///< int_ + 24, secret: in no response, log line or metric
};

/// A new `int_` + 24 alphanumerics.
std::string make_internal_id(base::Random& random);

}  // namespace sluice::domain
