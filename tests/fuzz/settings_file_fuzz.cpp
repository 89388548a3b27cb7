// Any bytes as a configuration file: it is refused in one sentence, or every value is in its range, what
// is printed does not depend on the text of a secret, and the same file says the same again.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "fuzz/require.hpp"
#include "settings/effective_settings.hpp"

namespace {

using sluice::EffectiveSettings;
using sluice::NumberField;
using sluice::Origin;
using sluice::Setting;
using sluice::TextField;
using sluice::testkit::require;

std::optional<EffectiveSettings> read(std::string_view text) {
  EffectiveSettings settings;
  try {
    settings.read_file("file", text);
  } catch (const sluice::SettingError& error) {
    require(!std::string_view{error.what()}.empty(), "a refusal has a reason");
    return std::nullopt;
  }
  return settings;
}

void check_number(const NumberField& field, const EffectiveSettings& settings) {
  const std::uint64_t value = settings.values().*field.member;
  require(value >= field.least && value <= field.most, "a number is in its range");
}

void check_text(const Setting& setting, const TextField& field, const EffectiveSettings& settings) {
  const std::string& value = settings.values().*field.member;
  require(field.choices.empty() || std::ranges::find(field.choices, value) != field.choices.end(),
          "a text is one of its choices");
  if (!field.is_secret || value.empty()) return;
  EffectiveSettings other = settings;
  other.set(setting, "another", Origin::file);
  require(other.print() == settings.print(), "a secret is not printed");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  const auto settings = read(text);
  const auto again = read(text);
  require(settings.has_value() == again.has_value(), "a file is read or refused, always");
  if (!settings) return 0;
  require(settings->print() == again->print(), "a file says the same each time");
  for (const Setting& setting : sluice::all_settings()) {
    if (const auto* number = std::get_if<NumberField>(&setting.field))
      check_number(*number, *settings);
    else if (const auto* field = std::get_if<TextField>(&setting.field))
      check_text(setting, *field, *settings);
  }
  return 0;
}
