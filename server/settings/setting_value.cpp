#include "settings/setting_value.hpp"

#include <array>
#include <charconv>
#include <limits>
#include <span>

namespace sluice {
namespace {

using Unit = NumberField::Unit;

constexpr std::uint64_t kDay = std::uint64_t{24} * 3600;
constexpr std::uint64_t kGiB = std::uint64_t{1} << 30U;

struct Suffix {
  std::string_view text;
  std::uint64_t factor;
};
constexpr std::array<Suffix, 5> kTimes{{{"", 1}, {"s", 1}, {"m", 60}, {"h", 3600}, {"d", kDay}}};
constexpr std::array<Suffix, 6> kSizes{{{"", 1},
                                        {"B", 1},
                                        {"KiB", std::uint64_t{1} << 10U},
                                        {"MiB", std::uint64_t{1} << 20U},
                                        {"GiB", kGiB},
                                        {"TiB", 1024 * kGiB}}};
constexpr std::array<Suffix, 1> kCounts{{{"", 1}}};

std::span<const Suffix> suffixes(Unit unit) {
  if (unit == Unit::seconds) return kTimes;
  if (unit == Unit::bytes) return kSizes;
  return kCounts;
}

}  // namespace

std::optional<std::uint64_t> parse_number(std::string_view text, Unit unit) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{}) return std::nullopt;
  const std::string_view suffix = text.substr(static_cast<std::size_t>(end - text.data()));
  for (const Suffix& known : suffixes(unit)) {
    if (known.text != suffix) continue;
    if (value > std::numeric_limits<std::uint64_t>::max() / known.factor) return std::nullopt;
    return value * known.factor;
  }
  return std::nullopt;
}

std::string number_text(std::uint64_t value, Unit unit) {
  const std::span<const Suffix> known = suffixes(unit);
  for (auto suffix = known.rbegin(); suffix != known.rend() && value != 0; ++suffix) {
    if (value % suffix->factor == 0)
      return std::to_string(value / suffix->factor) + std::string{suffix->text};
  }
  return std::to_string(value);
}

std::string_view unit_text(const Setting& setting) {
  const auto* number = std::get_if<NumberField>(&setting.field);
  if (number == nullptr || number->unit == Unit::count) return "";
  return number->unit == Unit::seconds ? "duration" : "size";
}

std::string value_text(const Setting& setting, const Settings& values) {
  if (const auto* text = std::get_if<TextField>(&setting.field)) {
    const std::string& value = values.*text->member;
    return text->is_secret && !value.empty() ? "***" : value;
  }
  if (const auto* number = std::get_if<NumberField>(&setting.field))
    return number_text(values.*number->member, number->unit);
  return joined(values.*std::get<ListField>(setting.field).member, ",");
}

std::string expected(const Setting& setting) {
  if (const auto* text = std::get_if<TextField>(&setting.field))
    return "one of " + joined(text->choices, ", ");
  const auto& number = std::get<NumberField>(setting.field);
  std::string kind = "a whole number";
  if (number.unit == Unit::seconds) kind = "a duration such as 90, 10s, 5m, 72h or 30d";
  if (number.unit == Unit::bytes) kind = "a size such as 65536, 64KiB, 16MiB or 10GiB";
  return kind + " from " + number_text(number.least, number.unit) + " to " +
         number_text(number.most, number.unit);
}

}  // namespace sluice
