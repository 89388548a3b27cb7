// The one place that says under which name the Matcher knows an organisation: who puts webhooks into
// it and who matches events must agree.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace sluice::ingest {

/// An organisation's scope in the Matcher: its number as four bytes, the highest first. A webhook's
/// SubscriptionId in it is the webhook's number.
class OrganisationScope {
 public:
  explicit constexpr OrganisationScope(std::uint32_t organisation) noexcept
      : bytes_{static_cast<char>(organisation >> 24U), static_cast<char>(organisation >> 16U),
               static_cast<char>(organisation >> 8U), static_cast<char>(organisation)} {}

  /// Lifetime: as this.
  constexpr std::string_view text() const noexcept { return {bytes_.data(), bytes_.size()}; }

 private:
  std::array<char, 4> bytes_;
};

}  // namespace sluice::ingest
