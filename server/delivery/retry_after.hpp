// What a receiver means by Retry-After: seconds, or a date in one of HTTP's three forms.
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

#include "base/time.hpp"

namespace sluice::delivery {

/// The value of an HTTP-date: IMF-fixdate, RFC 850 or asctime. A two-digit year is the latest
/// one that is at most 50 years after `now`. None: it is no such date. Thread safety: pure. Source:
/// RFC 9110 section 5.6.7.
std::optional<base::Time> parse_http_date(std::string_view text, base::Time now) noexcept;

/// The pause that the header's value asks for, rounded up to seconds, at least 0 and at most
/// kLongestRetryAfter. None: the value is neither a number nor a date. Thread safety: pure. Source:
/// RFC 9110 section 10.2.3.
std::optional<std::chrono::seconds> parse_retry_after(std::string_view value,
                                                      base::Time now) noexcept;

}  // namespace sluice::delivery
