// The tenants.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "domain/organisation.hpp"

namespace sluice::base {
class Clock;
class Random;
}  // namespace sluice::base

namespace sluice::store {

class Connections;

/// Thread safety: every member, from any thread. Calls block. Errors: StoreError; std::bad_alloc.
class Organisations {
 public:
  Organisations(Connections& connections, const base::Clock& clock, base::Random& random) noexcept
      : connections_(connections), clock_(clock), random_(random) {}

  /// Nothing: the name is taken. Numbers are never reused.
  std::optional<domain::Organisation> create(std::string_view name);
  std::optional<domain::Organisation> find(std::uint32_t number);
  std::optional<domain::Organisation> find_by_name(std::string_view name);
  /// By number.
  std::vector<domain::Organisation> list();

 private:
  Connections& connections_;
  const base::Clock& clock_;
  base::Random& random_;
};

}  // namespace sluice::store
