#include "settings/effective_settings.hpp"

#include <algorithm>
#include <array>
#include <boost/json.hpp>

#include "settings/setting_value.hpp"

namespace sluice {
namespace {

namespace json = boost::json;

std::string json_text(const json::value& value) {
  if (value.is_string()) return std::string{value.get_string()};
  if (!value.is_array()) return json::serialize(value);
  std::vector<std::string> items;
  for (const json::value& item : value.get_array()) items.push_back(json_text(item));
  return joined(items, ",");
}

const Setting* find(std::string_view name) {
  const auto settings = all_settings();
  const auto found = std::ranges::find(settings, name, &Setting::name);
  return found == settings.end() ? nullptr : &*found;
}

}  // namespace

std::string_view to_text(Origin origin) {
  constexpr std::array<std::string_view, 4> kTexts{"default", "file", "environment",
                                                   "command line"};
  return kTexts[static_cast<std::size_t>(origin)];
}

void EffectiveSettings::read_file(std::string_view path, std::string_view text) {
  json::parse_options options;
  options.allow_comments = true;
  options.allow_trailing_commas = true;
  json::error_code error;
  const json::value root = json::parse({text.data(), text.size()}, error, {}, options);
  if (error || !root.is_object())
    throw SettingError(std::string{path} + ": expected a JSON object" +
                       (error ? ": " + error.message() : std::string{}));
  const auto walk = [&](const auto& self, const json::object& object,
                        const std::string& prefix) -> void {
    for (const auto& [key, value] : object) {
      const std::string name = prefix + std::string{key};
      if (const Setting* setting = find(name)) {
        set(*setting, json_text(value), Origin::file);
      } else if (value.is_object()) {
        self(self, value.get_object(), name + ".");
      } else {
        throw SettingError(std::string{path} + ": there is no setting '" + name +
                           "'; sluice serve --print-config lists them");
      }
    }
  };
  walk(walk, root.get_object(), "");
}

void EffectiveSettings::read_environment(const char* (*get)(const char*)) {
  for (const Setting& setting : all_settings()) {
    if (const char* text = get(setting.environment().c_str()))
      set(setting, text, Origin::environment);
  }
}

void EffectiveSettings::set(const Setting& setting, std::string_view text, Origin origin) {
  const auto refuse = [&] {
    const std::string where = origin == Origin::environment    ? setting.environment()
                              : origin == Origin::command_line ? setting.flag()
                                                               : std::string{setting.name};
    throw SettingError(where + ": '" + std::string{text} + "' is not " + expected(setting));
  };
  if (const auto* field = std::get_if<TextField>(&setting.field)) {
    if (!field->choices.empty() && std::ranges::find(field->choices, text) == field->choices.end())
      refuse();
    values_.*field->member = text;
  } else if (const auto* number = std::get_if<NumberField>(&setting.field)) {
    const auto value = parse_number(text, number->unit);
    if (!value || *value < number->least || *value > number->most) refuse();
    values_.*number->member = *value;
  } else {
    auto& list = values_.*std::get<ListField>(setting.field).member;
    list.clear();
    for (std::size_t from = 0; from <= text.size();) {
      const std::size_t to = std::min(text.find(',', from), text.size());
      if (to > from) list.emplace_back(text.substr(from, to - from));
      from = to + 1;
    }
  }
  origins_[static_cast<std::size_t>(&setting - all_settings().data())] = origin;
}

std::string EffectiveSettings::print() const {
  std::string lines;
  const auto padded = [](std::string_view text, std::size_t width) {
    std::string cell{text};
    cell.resize(std::max(width, cell.size()) + 1, ' ');
    return cell;
  };
  for (std::size_t i = 0; i < origins_.size(); ++i) {
    const Setting& setting = all_settings()[i];
    lines += padded(setting.name, 33) + padded(value_text(setting, values_), 24) +
             padded(unit_text(setting), 9) + std::string{to_text(origins_[i])} + "\n";
  }
  return lines;
}

}  // namespace sluice
