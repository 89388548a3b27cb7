// How a log line looks.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

#include "base/log.hpp"
#include "base/time.hpp"

namespace sluice::base {

/// Without a newline at its end.
///   text: 2026-11-24T13:35:56.123456Z warning message key=value other="with a blank"
///   json: {"time":"2026-11-24T13:35:56.123456Z","level":"warning","message":"...","key":"value"}
std::string format_log_line(LogFormat format, Time time, LogLevel level, std::string_view message,
                            std::initializer_list<LogField> fields);

}  // namespace sluice::base
