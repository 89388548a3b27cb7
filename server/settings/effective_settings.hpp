// Settings from all of their sources, each value with its origin.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "settings/settings.hpp"

namespace sluice {

enum class Origin : std::uint8_t { built_in, file, environment, command_line };
std::string_view to_text(Origin origin);

/// What is wrong with a setting, where it came from, and what was expected.
class SettingError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// The effective settings, and where each came from. Later sources overrule earlier ones, so call
/// in this order: file, environment, command line.
/// Errors: SettingError.
class EffectiveSettings {
 public:
  /// `text` is JSON, in which // and /* */ comments and trailing commas are allowed.
  void read_file(std::string_view path, std::string_view text);
  /// Reads every SLUICE_... variable of the table; `get` is std::getenv outside of tests.
  void read_environment(const char* (*get)(const char*));
  void set(const Setting& setting, std::string_view text, Origin origin);

  const Settings& values() const noexcept { return values_; }
  /// A line for each setting: name, value, unit, origin.
  std::string print() const;

 private:
  Settings values_;
  std::vector<Origin> origins_ = std::vector<Origin>(all_settings().size(), Origin::built_in);
};

}  // namespace sluice
