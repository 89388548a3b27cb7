#include "settings/settings.hpp"

#include <variant>

#include "settings/setting_value.hpp"

namespace sluice {
namespace {

std::string with_separators(std::string_view name, char separator, bool is_upper) {
  std::string text{name};
  for (char& c : text) {
    if (c == '.' || c == '_') c = separator;
    if (is_upper && c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return text;
}

}  // namespace

std::string Setting::flag() const { return "--" + with_separators(name, '-', false); }

std::string Setting::environment() const { return "SLUICE_" + with_separators(name, '_', true); }

std::vector<const Setting*> changed_settings(const Settings& before, const Settings& after) {
  std::vector<const Setting*> changed;
  for (const Setting& setting : all_settings()) {
    const bool differs = std::visit(
        [&](const auto& field) { return before.*field.member != after.*field.member; },
        setting.field);
    if (differs) changed.push_back(&setting);
  }
  return changed;
}

std::string settings_table() {
  const Settings defaults;
  std::string table =
      "| setting | default | range | flag | environment | meaning |\n"
      "| --- | --- | --- | --- | --- | --- |\n";
  for (const Setting& setting : all_settings()) {
    std::string range;
    if (const auto* number = std::get_if<NumberField>(&setting.field)) {
      range = number_text(number->least, number->unit) + " to " +
              number_text(number->most, number->unit);
    } else if (const auto* text = std::get_if<TextField>(&setting.field)) {
      range = joined(text->choices, ", ");
    }
    table += "| " + std::string{setting.name} + " | " + value_text(setting, defaults) + " | " +
             range + " | `" + setting.flag() + "` | `" + setting.environment() + "` | " +
             std::string{setting.sentence} + " |\n";
  }
  return table;
}

}  // namespace sluice
