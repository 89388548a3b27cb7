#include "ingest/time_check.hpp"

#include <algorithm>
#include <cstring>

#include "base/time.hpp"

namespace sluice::ingest {
namespace {

bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

/// Seconds below 60, up to nine digits of fraction, and Z. Not all that there may be.
bool is_plain_rest(std::string_view text) noexcept {
  if (text.size() < 3 || text[0] > '5' || !is_digit(text[0]) || !is_digit(text[1])) return false;
  if (text.back() != 'Z') return false;
  const std::string_view fraction = text.substr(2, text.size() - 3);
  if (fraction.empty()) return true;
  return fraction.front() == '.' && fraction.size() >= 2 && fraction.size() <= 10 &&
         std::all_of(fraction.begin() + 1, fraction.end(), is_digit);
}

}  // namespace

bool TimeCheck::is_time(std::string_view text) noexcept {
  const std::size_t prefix = minute_.size();
  if (text.size() > prefix && std::memcmp(text.data(), minute_.data(), prefix) == 0 &&
      is_plain_rest(text.substr(prefix)))
    return true;
  if (!base::parse_iso8601(text)) return false;
  std::copy_n(text.begin(), prefix, minute_.begin());  // a time is never shorter
  return true;
}

}  // namespace sluice::ingest
