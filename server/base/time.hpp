// Points in time and their text form: the service's one idea of both, in logs, rows and JSON.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace sluice::base {

/// A point in time in UTC, in microseconds.
using Time = std::chrono::sys_time<std::chrono::microseconds>;

/// `2026-11-24T13:35:56.123456Z`, always with six digits of fraction, so that texts order as times
/// do. Times outside of the years 0000 to 9999 are shown as the nearest that is inside.
std::string to_iso8601(Time time);

/// Reads what RFC 3339 allows: an offset or `Z`, none to nine digits of fraction (what is below a
/// microsecond is dropped), a leap second as the second that follows it. Nothing: the text is no
/// such time, or it lies outside of the years 0000 to 9999.
std::optional<Time> parse_iso8601(std::string_view text) noexcept;

}  // namespace sluice::base
