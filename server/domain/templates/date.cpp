#include "domain/templates/date.hpp"

#include <array>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <ctime>

#include "base/time.hpp"

namespace sluice::domain::templates {
namespace {

constexpr std::size_t kMaxFormatBytes = 200;
constexpr std::string_view kConversions = "YmdHMSfyjbBaAeIpFTZzs%";

std::optional<base::Time> time_of(const boost::json::value& value) {
  if (value.is_string()) return base::parse_iso8601(value.get_string());
  if (!value.is_number()) return std::nullopt;
  const auto seconds = value.to_number<double>();
  constexpr double kFirst = -62'135'596'800.0;  // the years 1 to 9999, as RFC 3339 can write them
  constexpr double kLast = 253'402'300'799.0;
  if (!(seconds >= kFirst && seconds <= kLast)) return std::nullopt;
  const auto micros = static_cast<std::int64_t>(std::floor(seconds * 1e6));
  return base::Time{std::chrono::microseconds{micros}};
}

/// strftime() of one conversion; its texts are those of the C locale, which this program never
/// leaves.
std::string convert(const std::tm& parts, char conversion) {
  const std::array<char, 3> format{'%', conversion, '\0'};
  std::array<char, 64> text{};
  return {text.data(), std::strftime(text.data(), text.size(), format.data(), &parts)};
}

}  // namespace

std::optional<std::string> date_format_problem(std::string_view format) {
  if (format.size() > kMaxFormatBytes) return "expected a format of at most 200 bytes";
  for (std::size_t i = 0; i < format.size(); ++i) {
    if (format[i] != '%') continue;
    if (++i < format.size() && kConversions.find(format[i]) != std::string_view::npos) continue;
    return "unknown conversion in the date format; known are %Y %m %d %H %M %S %f %y %j %b %B %a "
           "%A %e %I %p %F %T %Z %z %s %%";
  }
  return std::nullopt;
}

std::optional<std::string> format_date(const boost::json::value& value, std::string_view format) {
  const std::optional<base::Time> time = time_of(value);
  if (!time) return std::nullopt;
  const auto seconds = std::chrono::floor<std::chrono::seconds>(*time);
  const std::time_t since_1970 = seconds.time_since_epoch().count();
  std::tm parts{};
  if (gmtime_r(&since_1970, &parts) == nullptr) return std::nullopt;

  std::string text;
  for (std::size_t i = 0; i < format.size(); ++i) {
    if (format[i] != '%') {
      text += format[i];
      continue;
    }
    switch (const char conversion = format[++i]) {
      case 'f': {
        std::array<char, 16> micros{};
        std::snprintf(micros.data(), micros.size(), "%06lld",
                      static_cast<long long>((*time - seconds).count()));
        text += micros.data();
        break;
      }
      case 's': text += std::to_string(since_1970); break;
      case 'Z': text += "UTC"; break;
      case 'z': text += "+0000"; break;
      default: text += convert(parts, conversion);
    }
  }
  return text;
}

}  // namespace sluice::domain::templates
