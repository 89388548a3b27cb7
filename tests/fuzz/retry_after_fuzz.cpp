// Any bytes as the value of Retry-After: the pause that comes out is within its bounds.
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "delivery/retry_after.hpp"
#include "delivery/retry_schedule.hpp"
#include "fuzz/require.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using sluice::testkit::require;
  namespace delivery = sluice::delivery;
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  const sluice::base::Time now{std::chrono::sys_days{std::chrono::year{2026} / 11 / 24}};

  if (const auto pause = delivery::parse_retry_after(text, now)) {
    require(*pause >= std::chrono::seconds{0}, "a pause is not negative");
    require(*pause <= delivery::kLongestRetryAfter, "a pause is at most a day");
  }
  const auto date = delivery::parse_http_date(text, now);
  if (date) require(delivery::parse_retry_after(text, now).has_value(), "a date is a pause");
  return 0;
}
