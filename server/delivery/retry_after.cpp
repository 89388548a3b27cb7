#include "delivery/retry_after.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

#include "delivery/retry_schedule.hpp"

namespace sluice::delivery {
namespace {

constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
constexpr std::array<std::string_view, 7> kDays = {"Monday", "Tuesday",  "Wednesday", "Thursday",
                                                   "Friday", "Saturday", "Sunday"};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::string_view trimmed(std::string_view text) {
  const std::size_t from = text.find_first_not_of(" \t");
  if (from == std::string_view::npos) return {};
  return text.substr(from, text.find_last_not_of(" \t") - from + 1);
}

/// Reads one text from left to right; after the first thing that does not fit, nothing fits.
class DateReader {
 public:
  explicit DateReader(std::string_view text) : rest_(text) {}

  bool is_complete() const { return fits_ && rest_.empty(); }

  bool skip(std::string_view literal) {
    const bool here = fits_ && rest_.substr(0, literal.size()) == literal;
    if (here) rest_.remove_prefix(literal.size());
    return here;
  }
  void expect(std::string_view literal) { fits_ = skip(literal); }

  int digits(std::size_t count) {
    int value = 0;
    fits_ = fits_ && rest_.size() >= count;
    for (std::size_t i = 0; fits_ && i < count; ++i) {
      fits_ = is_digit(rest_[i]);
      value = value * 10 + (rest_[i] - '0');
    }
    if (!fits_) return 0;
    rest_.remove_prefix(count);
    return value;
  }

  unsigned month() {
    for (unsigned i = 0; i < kMonths.size(); ++i)
      if (skip(kMonths[i])) return i + 1;
    fits_ = false;
    return 0;
  }

  std::chrono::seconds time_of_day() {
    const int hour = digits(2);
    expect(":");
    const int minute = digits(2);
    expect(":");
    const int second = digits(2);  // 60: a leap second
    fits_ = fits_ && hour < 24 && minute < 60 && second <= 60;
    return std::chrono::hours{hour} + std::chrono::minutes{minute} + std::chrono::seconds{second};
  }

 private:
  std::string_view rest_;
  bool fits_ = true;
};

struct DateParts {
  int year = 0;
  unsigned month = 0;
  unsigned day = 0;
  std::chrono::seconds time{};
};

/// `Sun, 06 Nov 1994 08:49:37 GMT`
bool read_imf(DateReader reader, DateParts& parts) {
  parts.day = static_cast<unsigned>(reader.digits(2));
  reader.expect(" ");
  parts.month = reader.month();
  reader.expect(" ");
  parts.year = reader.digits(4);
  reader.expect(" ");
  parts.time = reader.time_of_day();
  reader.expect(" GMT");
  return reader.is_complete();
}

/// The latest year with these digits that is at most 50 years after `now`.
int full_year(int two_digits, base::Time now) {
  const std::chrono::year_month_day today{std::chrono::floor<std::chrono::days>(now)};
  const int latest = int{today.year()} + 50;
  return latest - (latest - two_digits) % 100;
}

/// `Sunday, 06-Nov-94 08:49:37 GMT`
bool read_rfc850(DateReader reader, base::Time now, DateParts& parts) {
  parts.day = static_cast<unsigned>(reader.digits(2));
  reader.expect("-");
  parts.month = reader.month();
  reader.expect("-");
  parts.year = full_year(reader.digits(2), now);
  reader.expect(" ");
  parts.time = reader.time_of_day();
  reader.expect(" GMT");
  return reader.is_complete();
}

/// `Sun Nov  6 08:49:37 1994`
bool read_asctime(DateReader reader, DateParts& parts) {
  parts.month = reader.month();
  reader.expect(" ");
  parts.day = static_cast<unsigned>(reader.skip(" ") ? reader.digits(1) : reader.digits(2));
  reader.expect(" ");
  parts.time = reader.time_of_day();
  reader.expect(" ");
  parts.year = reader.digits(4);
  return reader.is_complete();
}

/// The name of the day decides the form; whether it is the right day is of no interest.
bool read_date(std::string_view text, base::Time now, DateParts& parts) {
  for (const std::string_view day : kDays) {
    DateReader reader{text};
    if (reader.skip(day) && reader.skip(", ")) return read_rfc850(reader, now, parts);
    reader = DateReader{text};
    if (!reader.skip(day.substr(0, 3))) continue;
    if (reader.skip(", ")) return read_imf(reader, parts);
    if (reader.skip(" ")) return read_asctime(reader, parts);
    return false;
  }
  return false;
}

}  // namespace

std::optional<base::Time> parse_http_date(std::string_view text, base::Time now) noexcept {
  DateParts parts;
  if (!read_date(text, now, parts)) return std::nullopt;
  const std::chrono::year_month_day date{
      std::chrono::year{parts.year}, std::chrono::month{parts.month}, std::chrono::day{parts.day}};
  if (!date.ok()) return std::nullopt;
  return base::Time{std::chrono::sys_days{date} + parts.time};
}

std::optional<std::chrono::seconds> parse_retry_after(std::string_view value,
                                                      base::Time now) noexcept {
  const std::string_view text = trimmed(value);
  if (text.empty()) return std::nullopt;
  constexpr std::chrono::seconds kLongest = kLongestRetryAfter;
  if (is_digit(text.front())) {
    std::chrono::seconds pause{0};
    for (const char c : text) {
      if (!is_digit(c)) return std::nullopt;
      pause = std::min(kLongest, pause * 10 + std::chrono::seconds{c - '0'});
    }
    return pause;
  }
  const std::optional<base::Time> date = parse_http_date(text, now);
  if (!date) return std::nullopt;
  return std::clamp(std::chrono::ceil<std::chrono::seconds>(*date - now), std::chrono::seconds{0},
                    kLongest);
}

}  // namespace sluice::delivery
