#include "base/time.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

namespace sluice::base {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::microseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using std::chrono::sys_days;
using std::chrono::year_month_day;

constexpr Time kFirst = sys_days{std::chrono::year{0} / 1 / 1};
constexpr Time kLast = sys_days{std::chrono::year{10'000} / 1 / 1} - microseconds{1};

/// Reads a text from its front; once something did not fit, everything after it fails too.
class TextReader {
 public:
  explicit TextReader(std::string_view text) noexcept : text_(text) {}

  bool is_good() const noexcept { return is_good_; }
  bool is_finished() const noexcept { return is_good_ && text_.empty(); }
  char peek() const noexcept { return text_.empty() ? '\0' : text_.front(); }

  char take_one_of(std::string_view allowed) noexcept {
    const char c = peek();
    if (text_.empty() || allowed.find(c) == std::string_view::npos) {
      is_good_ = false;
      return '\0';
    }
    text_.remove_prefix(1);
    return c;
  }

  int take_number(int digits, int least, int most) noexcept {
    int value = 0;
    for (int i = 0; i < digits; ++i) value = value * 10 + (take_one_of("0123456789") - '0');
    if (value < least || value > most) is_good_ = false;
    return is_good_ ? value : 0;
  }

  microseconds take_fraction() noexcept {
    if (peek() != '.') return {};
    text_.remove_prefix(1);
    int value = 0;
    int digits = 0;
    for (; peek() >= '0' && peek() <= '9'; ++digits, text_.remove_prefix(1))
      if (digits < 6) value = value * 10 + (peek() - '0');
    if (digits == 0 || digits > 9) is_good_ = false;
    for (int i = digits; i < 6; ++i) value *= 10;
    return microseconds{is_good_ ? value : 0};
  }

  minutes take_offset() noexcept {
    const char sign = take_one_of("Zz+-");
    if (sign != '+' && sign != '-') return {};
    const int hour = take_number(2, 0, 23);
    take_one_of(":");
    const minutes offset = hours{hour} + minutes{take_number(2, 0, 59)};
    return sign == '-' ? -offset : offset;
  }

 private:
  std::string_view text_;
  bool is_good_ = true;
};

}  // namespace

std::string to_iso8601(Time time) {
  time = std::clamp(time, kFirst, kLast);
  const sys_days day = std::chrono::floor<days>(time);
  const year_month_day date{day};
  const std::chrono::hh_mm_ss<microseconds> clock{time - day};
  std::array<char, 64> text{};
  const int length = std::snprintf(
      text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02d.%06dZ",
      static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
      static_cast<unsigned>(date.day()), static_cast<int>(clock.hours().count()),
      static_cast<int>(clock.minutes().count()), static_cast<int>(clock.seconds().count()),
      static_cast<int>(clock.subseconds().count()));
  return {text.data(), static_cast<std::size_t>(length)};
}

std::optional<Time> parse_iso8601(std::string_view text) noexcept {
  TextReader reader{text};
  const int year = reader.take_number(4, 0, 9999);
  reader.take_one_of("-");
  const int month = reader.take_number(2, 1, 12);
  reader.take_one_of("-");
  const int day = reader.take_number(2, 1, 31);
  reader.take_one_of("Tt ");
  const int hour = reader.take_number(2, 0, 23);
  reader.take_one_of(":");
  const int minute = reader.take_number(2, 0, 59);
  reader.take_one_of(":");
  const int second = reader.take_number(2, 0, 60);
  const microseconds fraction = reader.take_fraction();
  const minutes offset = reader.take_offset();
  if (!reader.is_finished()) return std::nullopt;

  const year_month_day date{std::chrono::year{year},
                            std::chrono::month(static_cast<unsigned>(month)),
                            std::chrono::day(static_cast<unsigned>(day))};
  if (!date.ok()) return std::nullopt;
  const auto whole = sys_days{date} + hours{hour} + minutes{minute} + seconds{second} - offset;
  // A leap second ends a day of UTC.
  if (second == 60 && whole != std::chrono::floor<days>(whole)) return std::nullopt;
  const Time time = whole + fraction;
  if (time < kFirst || time > kLast) return std::nullopt;
  return time;
}

}  // namespace sluice::base
