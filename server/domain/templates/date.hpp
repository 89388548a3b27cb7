// The date filter: a time of the event in a format of the template.
#pragma once

#include <boost/json/value.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace sluice::domain::templates {

/// What is wrong with a format, if anything: only the conversions that mean the same everywhere are
/// taken, `%Y %m %d %H %M %S %f %y %j %b %B %a %A %e %I %p %F %T %Z %z %s %%`.
std::optional<std::string> date_format_problem(std::string_view format);

/// A time as RFC 3339 text, or as seconds since 1970, in `format` and UTC. Nothing: `value` is no
/// time. Precondition: the format has no problem.
std::optional<std::string> format_date(const boost::json::value& value, std::string_view format);

}  // namespace sluice::domain::templates
