// The values of settings as texts: "72h", "64KiB", and what a message says was expected.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "settings/settings.hpp"

namespace sluice {

std::optional<std::uint64_t> parse_number(std::string_view text, NumberField::Unit unit);

/// With the largest suffix that divides it: 259200 seconds are "3d".
std::string number_text(std::uint64_t value, NumberField::Unit unit);

/// "duration", "size" or nothing.
std::string_view unit_text(const Setting& setting);

/// Secrets as ***.
std::string value_text(const Setting& setting, const Settings& values);

/// What a message says that the setting's value should have been.
std::string expected(const Setting& setting);

std::string joined(const auto& texts, std::string_view separator) {
  std::string all;
  for (const auto& text : texts) {
    if (!all.empty()) all += separator;
    all += text;
  }
  return all;
}

}  // namespace sluice
