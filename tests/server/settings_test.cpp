#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <string>

#include "settings/effective_settings.hpp"
#include "settings/setting_value.hpp"

namespace sluice {
namespace {

const Setting& setting(std::string_view name) {
  for (const Setting& each : all_settings()) {
    if (each.name == name) return each;
  }
  throw std::logic_error("no setting " + std::string{name});
}

std::string error_of(const auto& action) {
  try {
    action();
  } catch (const SettingError& error) {
    return error.what();
  }
  return "";
}

TEST(Settings, HaveNamesFlagsAndVariablesOfTheirOwn) {
  std::set<std::string> names;
  for (const Setting& each : all_settings()) {
    EXPECT_TRUE(names.insert(each.flag()).second) << each.name;
    EXPECT_TRUE(each.sentence.ends_with(".")) << each.name;
  }
  EXPECT_EQ(setting("egress.allow").flag(), "--egress-allow");
  EXPECT_EQ(setting("egress.allow").environment(), "SLUICE_EGRESS_ALLOW");
}

TEST(Settings, DefaultsAreInsideTheirRanges) {
  const Settings defaults;
  for (const Setting& each : all_settings()) {
    const auto* number = std::get_if<NumberField>(&each.field);
    if (number == nullptr) continue;
    EXPECT_GE(defaults.*number->member, number->least) << each.name;
    EXPECT_LE(defaults.*number->member, number->most) << each.name;
  }
}

TEST(Settings, AreInTheDocumentsAsTheyAreInTheCode) {
  std::ifstream file(SLUICE_OPERATIONS_MD);
  const std::string document{std::istreambuf_iterator<char>(file), {}};
  EXPECT_NE(document.find(settings_table()), std::string::npos)
      << "docs/operations.md needs this table:\n" << settings_table();
}

TEST(EffectiveSettings, TakeTheFileInLevelsOrWithDots) {
  EffectiveSettings settings;
  settings.read_file("f.json", R"({"listen": "127.0.0.1:0", /* levels */ "retention": {"age": "2h"},
      "retention.bytes": "1GiB", "egress": {"allow": ["127.0.0.0/8", "localhost"]},})");
  EXPECT_EQ(settings.values().listen, "127.0.0.1:0");
  EXPECT_EQ(settings.values().retention_age, 7200U);
  EXPECT_EQ(settings.values().retention_bytes, std::uint64_t{1} << 30U);
  EXPECT_EQ(settings.values().egress_allow,
            (std::vector<std::string>{"127.0.0.0/8", "localhost"}));
}

TEST(EffectiveSettings, SayWhatAFileShouldHaveHeld) {
  EffectiveSettings settings;
  EXPECT_NE(error_of([&] { settings.read_file("f.json", R"({"retention": {"agee": 1}})"); })
                .find("f.json: there is no setting 'retention.agee'"),
            std::string::npos);
  EXPECT_NE(error_of([&] { settings.read_file("f.json", "[1]"); }).find("expected a JSON object"),
            std::string::npos);
  EXPECT_EQ(error_of([&] { settings.read_file("f.json", R"({"durability": "never"})"); }),
            "durability: 'never' is not one of fsync, os");
}

TEST(EffectiveSettings, NameTheVariableThatIsWrong) {
  EffectiveSettings settings;
  const std::string error = error_of([&] {
    settings.read_environment([](const char* name) -> const char* {
      return std::string_view{name} == "SLUICE_HTTP_IDLE_TIMEOUT" ? "soon" : nullptr;
    });
  });
  EXPECT_EQ(error,
            "SLUICE_HTTP_IDLE_TIMEOUT: 'soon' is not a duration such as 90, 10s, 5m, 72h or 30d "
            "from 1s to 1h");
}

TEST(EffectiveSettings, RefuseNumbersOutsideTheirRangeOrTooLargeToHold) {
  EffectiveSettings settings;
  for (const char* text : {"0", "2h", "-1", "1x", "", "99999999999999999999", "9999999999999999999d"})
    EXPECT_NE(error_of([&] {
                settings.set(setting("http.idle_timeout"), text, Origin::command_line);
              }),
              "")
        << text;
}

TEST(EffectiveSettings, PrintValueUnitAndOrigin) {
  EffectiveSettings settings;
  settings.set(setting("retention.age"), "48h", Origin::command_line);
  const std::string lines = settings.print();
  EXPECT_NE(lines.find("retention.age                     2d                       duration  command "
                       "line\n"),
            std::string::npos)
      << lines;
  EXPECT_NE(lines.find("durability                        fsync                              default"),
            std::string::npos)
      << lines;
}

TEST(SettingValue, IsReadAsItIsPrinted) {
  for (const std::uint64_t value : {0U, 1U, 59U, 60U, 90U, 3600U, 86'400U, 259'200U}) {
    EXPECT_EQ(parse_number(number_text(value, NumberField::Unit::seconds),
                           NumberField::Unit::seconds),
              value);
    EXPECT_EQ(parse_number(number_text(value, NumberField::Unit::bytes), NumberField::Unit::bytes),
              value);
  }
}

}  // namespace
}  // namespace sluice
