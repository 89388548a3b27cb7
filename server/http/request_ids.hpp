// Names for requests whose caller gave none: unique, cheap, and no secret.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "base/random.hpp"

namespace sluice::http {

/// Thread safety: one thread; each has its own, seeded apart.
class RequestIds {
 public:
  explicit RequestIds(base::Random& random);

  /// "req_" and 24 hex digits. The view lives until the next call.
  std::string_view next() noexcept;

 private:
  std::array<char, 28> text_;
  std::uint64_t counter_;
};

}  // namespace sluice::http
