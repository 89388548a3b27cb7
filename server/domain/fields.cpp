#include "domain/fields.hpp"

#include <cmath>
#include <unordered_set>

namespace sluice::domain {
namespace {

constexpr std::size_t kMaxListedText = 1'024;  // bytes of one text in a list

std::string number_text(double number) {
  const auto whole = static_cast<std::int64_t>(number);
  if (static_cast<double>(whole) == number) return std::to_string(whole);
  std::string text = std::to_string(number);
  while (text.ends_with('0')) text.pop_back();
  return text;
}

std::string range_text(double min, double max) {
  return "between " + number_text(min) + " and " + number_text(max);
}

std::string count_text(std::size_t min, std::size_t max) {
  return min == 0 ? "at most " + std::to_string(max)
                  : std::to_string(min) + " to " + std::to_string(max);
}

}  // namespace

const boost::json::value* Fields::find(std::string_view name) const {
  const boost::json::value* value = object_.if_contains(name);
  return value == nullptr || value->is_null() ? nullptr : value;
}

bool Fields::require(std::string_view name, std::string_view expected) {
  if (find(name) != nullptr) return true;
  problems_.report_at(std::string{name}, "missing",
                      "Field required: expected " + std::string{expected});
  return false;
}

std::optional<std::string> Fields::text(std::string_view name, const TextRule& rule) {
  const boost::json::value* value = find(name);
  if (value == nullptr) return std::nullopt;
  const std::string expected = count_text(rule.min_characters, rule.max_characters) + " characters";
  if (!value->is_string()) {
    problems_.report_at(std::string{name}, "string_type", "expected a string of " + expected);
    return std::nullopt;
  }
  const std::string_view text = value->get_string();
  const std::size_t length = characters_in(text);
  if (length < rule.min_characters || length > rule.max_characters) {
    const bool is_short = length < rule.min_characters;
    problems_.report_at(std::string{name}, is_short ? "string_too_short" : "string_too_long",
                        "expected " + expected + ", got " + std::to_string(length));
    return std::nullopt;
  }
  return std::string{text};
}

std::optional<std::string> Fields::line(std::string_view name, const TextRule& rule) {
  std::optional<std::string> given = text(name, rule);
  if (given && has_control_character(*given)) {
    problems_.report_at(std::string{name}, "value_error",
                        "expected one line, without control characters");
    return std::nullopt;
  }
  return given;
}

std::optional<bool> Fields::flag(std::string_view name) {
  const boost::json::value* value = find(name);
  if (value == nullptr) return std::nullopt;
  if (value->is_bool()) return value->get_bool();
  problems_.report_at(std::string{name}, "bool_type", "expected true or false");
  return std::nullopt;
}

std::optional<boost::json::value> Fields::number(std::string_view name, double min, double max) {
  const boost::json::value* value = find(name);
  if (value == nullptr) return std::nullopt;
  const std::string expected = "expected a number " + range_text(min, max);
  if (!value->is_number()) {
    problems_.report_at(std::string{name}, "float_type", expected);
    return std::nullopt;
  }
  const auto number = value->to_number<double>();
  if (!(number >= min && number <= max)) {
    problems_.report_at(std::string{name}, number < min ? "greater_than_equal" : "less_than_equal",
                        expected);
    return std::nullopt;
  }
  if (std::trunc(number) == number) return boost::json::value(static_cast<std::int64_t>(number));
  return boost::json::value(number);
}

std::optional<std::int64_t> Fields::whole_number(std::string_view name, std::int64_t min,
                                                 std::int64_t max) {
  const boost::json::value* value = find(name);
  const bool is_number = value != nullptr && value->is_number();
  const double given = is_number ? value->to_number<double>() : 0;
  if (value != nullptr && (!is_number || std::trunc(given) != given)) {
    problems_.report_at(std::string{name}, "int_type",
                        "expected a whole number " +
                            range_text(static_cast<double>(min), static_cast<double>(max)));
    return std::nullopt;
  }
  const auto result = number(name, static_cast<double>(min), static_cast<double>(max));
  if (!result) return std::nullopt;
  return result->get_int64();
}

std::optional<std::string> Fields::choice(std::string_view name,
                                          std::span<const std::string_view> choices) {
  const boost::json::value* value = find(name);
  if (value == nullptr) return std::nullopt;
  std::string expected;
  for (std::size_t i = 0; i < choices.size(); ++i) {
    if (value->is_string() && value->get_string() == choices[i]) return std::string{choices[i]};
    if (i > 0) expected += i + 1 == choices.size() ? " or " : ", ";
    expected += quoted(choices[i]);
  }
  problems_.report_at(std::string{name}, "enum", "expected " + expected);
  return std::nullopt;
}

const boost::json::array* Fields::list(std::string_view name, const ListRule& rule) {
  const boost::json::value* value = find(name);
  if (value == nullptr) return nullptr;
  const boost::json::array* array = value->if_array();
  const std::string expected = "expected a list of " +
                               count_text(rule.min_elements, rule.max_elements) + " " +
                               std::string{rule.what};
  if (array == nullptr) {
    problems_.report_at(std::string{name}, "list_type", expected);
  } else if (array->size() < rule.min_elements || array->size() > rule.max_elements) {
    problems_.report_at(std::string{name},
                        array->size() < rule.min_elements ? "too_short" : "too_long",
                        expected + ", got " + std::to_string(array->size()));
    array = nullptr;
  }
  return array;
}

const boost::json::object* Fields::object(std::string_view name, std::string_view expected) {
  const boost::json::value* value = find(name);
  if (value == nullptr) return nullptr;
  if (value->is_object()) return &value->get_object();
  problems_.report_at(std::string{name}, "dict_type", "expected " + std::string{expected});
  return nullptr;
}

std::vector<std::string> Fields::texts(
    std::string_view name, const ListRule& rule,
    const std::function<std::optional<Complaint>(const std::string&)>& check) {
  std::vector<std::string> result;
  const boost::json::array* array = list(name, rule);
  if (array == nullptr) return result;
  const Problems::Place place = problems_.at(std::string{name});
  std::unordered_set<std::string> seen;
  for (std::size_t i = 0; i < array->size(); ++i) {
    const boost::json::string* text = (*array)[i].if_string();
    if (text == nullptr) {
      problems_.report_at(i, "string_type", "expected a string");
      continue;
    }
    if (text->size() > kMaxListedText) {
      problems_.report_at(i, "string_too_long", "expected at most 1024 bytes");
      continue;
    }
    std::string element{*text};
    if (!seen.insert(element).second) continue;
    if (auto complaint = check(element)) {
      problems_.report_at(i, complaint->type, std::move(complaint->message));
    } else {
      result.push_back(std::move(element));
    }
  }
  return result;
}

}  // namespace sluice::domain
