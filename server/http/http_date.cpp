#include "http/http_date.hpp"

#include <chrono>
#include <cstddef>

namespace sluice::http {
namespace {

using std::chrono::days;

constexpr std::string_view kDays = "SunMonTueWedThuFriSat";
constexpr std::string_view kMonths = "JanFebMarAprMayJunJulAugSepOctNovDec";

char* put_text(char* at, std::string_view text) noexcept {
  for (const char letter : text) *at++ = letter;
  return at;
}

char* put_number(char* at, unsigned value, std::size_t digits) noexcept {
  for (std::size_t index = digits; index > 0; --index) {
    at[index - 1] = static_cast<char>('0' + value % 10);
    value /= 10;
  }
  return at + digits;
}

}  // namespace

void HttpDate::set(base::Time now) noexcept {
  const auto day = std::chrono::floor<days>(now);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss time{std::chrono::floor<std::chrono::seconds>(now - day)};
  const unsigned weekday = std::chrono::weekday{day}.c_encoding();
  const unsigned month = static_cast<unsigned>(date.month()) - 1;

  char* at = text_.data();
  at = put_text(at, kDays.substr(std::size_t{3} * weekday, 3));
  at = put_text(at, ", ");
  at = put_number(at, static_cast<unsigned>(date.day()), 2);
  at = put_text(at, " ");
  at = put_text(at, kMonths.substr(std::size_t{3} * month, 3));
  at = put_text(at, " ");
  at = put_number(at, static_cast<unsigned>(static_cast<int>(date.year())), 4);
  at = put_text(at, " ");
  at = put_number(at, static_cast<unsigned>(time.hours().count()), 2);
  at = put_text(at, ":");
  at = put_number(at, static_cast<unsigned>(time.minutes().count()), 2);
  at = put_text(at, ":");
  at = put_number(at, static_cast<unsigned>(time.seconds().count()), 2);
  put_text(at, " GMT");
}

}  // namespace sluice::http
